import type { LayerName } from '../../../core/media/layers.js';
import type { EarPair } from './ear-pair.js';
import type { Impairment } from './impairment.js';
import type { DiscontinuityKind, VoiceGap, VoiceInterval } from './voice.js';

/** About two seconds of speech that were hard to understand: 5 % lost, or a rating below 60 (MOS 3.1: "nearly all users dissatisfied"). */
export interface PoorVoice {
  readonly pair: EarPair;
  readonly fromUs: number;
  readonly untilUs: number;
  readonly lostShare: number;
  /** Average rating. */
  readonly r: number;
}

/** What ears tell, at the time when they know. */
export interface EarsListener {
  gap(gap: VoiceGap): void;
  doubled(pair: EarPair, fromUs: number, toUs: number): void;
  discontinuity(pair: EarPair, atUs: number, kind: DiscontinuityKind): void;
  /** `sincePreviousUs`: since the last change of this pair; Infinity at the first. */
  layerChanged(pair: EarPair, atUs: number, from: LayerName, to: LayerName, sincePreviousUs: number): void;
  poorVoice(voice: PoorVoice): void;
  /** Adapted, or the impairment ended before: `adaptationMs` is known. */
  adapted(impairment: Impairment): void;
  /** What a host's link is thought to carry, headers included. */
  estimated(hostId: string, direction: 'up' | 'down', atUs: number, kbps: number): void;
  /** The layers are back, or the wait for them is over: `layerRecoveryMs` is known. */
  layersBack(impairment: Impairment): void;
}

/** Hears of every interval of voice: who should have heard it, its rating and opinion score. Called very often. */
export type IntervalWatcher = (listenerId: string, voice: VoiceInterval, r: number, mos: number) => void;
