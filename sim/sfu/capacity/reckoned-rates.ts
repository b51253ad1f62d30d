import { LAYER_KBPS, LAYER_NAMES, wireBytes } from '../../../core/media/layers.js';
import { EXTENSION_BYTES, HEADER_BYTES } from '../../../core/media/rtp.js';
import type { TalkModel } from '../../media/talk/index.js';

/** What of a scenario decides how many packets a room makes. */
export interface VoiceShape {
  readonly talk: { readonly model: TalkModel; readonly dtx: boolean };
  readonly codec: { readonly simulcast: boolean; readonly extensions: boolean };
}

/** Packets and bytes a second of one room at its node. */
export interface RoomRates {
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const PACKETS_PER_S = 50;
/** In silence: one frame every 400 ms. */
const SILENT_PER_S = 2.5;
const COMFORT_NOISE_BYTES = 8;

/** Voices at a time, on average, as the models of `sim/media/talk` talk: a test lets them. */
export function meanTalkers(model: TalkModel, members: number): number {
  if (model === 'everyone') return members;
  if (model === 'nobody' || members < 2) return 0;
  return model === 'conversation' && members === 2 ? 0.85 : 0.656;
}

/**
 * Rates of a room in worlds without voice: talkers x listeners, on average. RTCP (one or two packets a second and participant) is
 * left out, as everywhere in the node model.
 */
export function reckonedRates({ talk, codec }: VoiceShape, members: number, lowestLayerOnly: boolean): RoomRates {
  const talkers = meanTalkers(talk.model, members);
  const silent = members - talkers;
  const silentPerS = talk.dtx ? SILENT_PER_S : PACKETS_PER_S;
  const encodings = codec.simulcast ? LAYER_NAMES : (['h'] as const);
  const voiceBytes = (layer: 'h' | 'm' | 'l') => wireBytes(LAYER_KBPS[layer], codec.extensions);
  const silentBytes = (layer: 'h' | 'm' | 'l') =>
    talk.dtx ? COMFORT_NOISE_BYTES + HEADER_BYTES + (codec.extensions ? EXTENSION_BYTES : 0) : voiceBytes(layer);
  const bytes = (layer: 'h' | 'm' | 'l') =>
    talkers * PACKETS_PER_S * voiceBytes(layer) + silent * silentPerS * silentBytes(layer);
  const packets = talkers * PACKETS_PER_S + silent * silentPerS;
  const others = Math.max(0, members - 1);
  return {
    packetsIn: packets * encodings.length,
    packetsOut: packets * others,
    bytesIn: encodings.reduce((sum, layer) => sum + bytes(layer), 0),
    bytesOut: bytes(lowestLayerOnly && codec.simulcast ? 'l' : 'h') * others,
  };
}
