import type { AudioPath, AudioPipeline } from '../../../core/media/audio-pipeline.js';
import type { LayerName } from '../../../core/media/layers.js';
import { FRAME_MS } from '../../../core/media/rtp.js';
import type { EarPair } from '../ears/index.js';
import type { Playback } from '../hearing-member.js';
import { SilenceTracker } from '../packet/silence-tracker.js';
import { FRAME_US } from '../talk/index.js';
import type { FlowStream, Outcome } from './flow-stream.js';
import { bitsOf, type FrameMask, hasFrame } from './frame-mask.js';

/** From the beginning of a frame's capture to its packet, and its look-ahead: Opus takes 26.5 ms (RFC 6716, section 2.1.4). */
const CODEC_MS = FRAME_MS + 6.5;
/** Quieter than this is nothing: -20 dB. */
const AUDIBLE_GAIN = 0.1;
/** More than this is the same voice twice. */
const DOUBLED_GAIN = 1.05;
/** Who has not heard a talker for this long since both sit here hears a silence; before that the paths are still being built. */
const PATIENCE_US = 10_000_000;

/** Frames of one talker in one interval. */
export interface SpokenInterval {
  readonly startFrame: number;
  readonly frames: number;
  readonly spoken: FrameMask;
  readonly spokenCount: number;
}

/** How one listener hears one talker of its channel, from the talker's first word on. */
export class FlowPair {
  p2p: FlowStream | null = null;
  sfu: FlowStream | null = null;
  /** The listener has heard the talker, or has waited for it long enough. */
  private judged = false;
  private readonly silences: SilenceTracker;
  /** The last spoken frame was not heard. */
  private missing = false;
  private playback: Playback = 'none';
  private playedSinceMs = 0;
  /** Only while something fades. */
  private pipeline: AudioPipeline | null = null;
  private layer: LayerName | null = null;
  private delayUs = 0;

  /**
   * @param sinceUs since when both sit here
   * @param causeOf what is known of a silence from outside; null: nothing
   */
  constructor(
    private readonly ear: EarPair,
    private readonly sinceUs: number,
    audibleGapUs: number,
    private readonly Pipeline: new () => AudioPipeline,
  ) {
    this.silences = new SilenceTracker(audibleGapUs);
  }

  stream(path: AudioPath): FlowStream | null {
    return path === 'p2p' ? this.p2p : this.sfu;
  }

  /** The listener plays the talker over this path from now on. */
  play(playback: Playback, atMs: number): void {
    const before = this.playback;
    if (playback === before) return;
    this.playback = playback;
    if (this.pipeline === null && before !== 'none' && before !== 'both') {
      this.pipeline = new this.Pipeline();
      this.pipeline.select(before, this.playedSinceMs);
    }
    this.pipeline?.select(playback === 'both' ? 'sfu' : playback, atMs);
    this.playedSinceMs = atMs;
  }

  /** A path delivers nothing any more. */
  lost(path: AudioPath, atMs: number): void {
    this.pipeline?.lost(path, atMs);
  }

  /** How loud a path is at a time. */
  gain(path: AudioPath, atMs: number): number {
    const { playback, pipeline } = this;
    if (playback === 'both') return 1;
    if (pipeline !== null) return pipeline.gain(path, atMs);
    return playback === path ? 1 : 0;
  }

  /**
   * Judges what came of the frames of an interval.
   * @param p2p, sfu what each path has brought; null: nothing
   * @param sleeps one of the two devices is not awake
   */
  hear(
    interval: SpokenInterval,
    p2p: Outcome | null,
    sfu: Outcome | null,
    tell: (silence: ToldSilence) => void,
  ): void {
  }

  private rest(atMs: number): void {
    const { pipeline } = this;
    if (pipeline === null || atMs < pipeline.settledAtMs) return;
    const right = (path: AudioPath): boolean =>
      pipeline.gain(path, atMs) === (pipeline.selected === path ? 1 : 0);
    if (right('p2p') && right('sfu')) this.pipeline = null;
  }
}
