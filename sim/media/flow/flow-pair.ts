import type { AudioPath, AudioPipeline } from '../../../core/media/audio-pipeline.js';
import { LAYER_NAMES, type LayerName } from '../../../core/media/layers.js';
import { FRAME_MS } from '../../../core/media/rtp.js';
import type { EarPair, VoiceInterval } from '../ears/index.js';
import type { Playback } from '../hearing-member.js';
import { type Silence, SilenceTracker } from '../packet/silence-tracker.js';
import { FRAME_US } from '../talk/index.js';
import type { FlowSeat } from './flow-seat.js';
import type { FlowStream } from './flow-stream.js';
import { addFrames, bitsOf, type FrameMask, hasFrame, lastFrame } from './frame-mask.js';
import type { Outcome } from './outcome.js';

/** From the begin of a frame's capture to its packet, and the encoder's look-ahead (RFC 6716, section 2.1.4: 26.5 ms together). */
const CODEC_MS = FRAME_MS + 6.5;
/** Quieter than this is nothing: -20 dB. */
const AUDIBLE_GAIN = 0.1;
/** More than this is the same voice twice. */
const DOUBLED_GAIN = 1.05;
/** Who has not heard a talker for this long since both sit here hears a silence; before that the paths are still being built. */
const PATIENCE_US = 10_000_000;

/** What a talker said in one interval. */
export interface Spoken {
  /** Number of the interval's first frame, counted from time 0. */
  startFrame: number;
  frames: number;
  /** Frames with speech, and how many. */
  mask: FrameMask;
  count: number;
}

/** A report to the ears, to be filled in. */
export type FlowVoice = { -readonly [Field in keyof VoiceInterval]-?: VoiceInterval[Field] };

/** A report with nothing in it. */
export function emptyVoice(): FlowVoice {
  return {
    fromUs: 0,
    untilUs: 0,
    path: 'p2p',
    relayed: false,
    frames: 0,
    lost: 0,
    networkLost: 0,
    leftOut: 0,
    burstRatio: 1,
    networkDelayMs: 0,
    mouthToEarMs: 0,
    playoutDelayMs: 0,
    jitterMs: 0,
    layer: null,
    kbps: 0,
  };
}

/** What a pair needs of its channel. */
export interface PairOwner {
  readonly audibleGapUs: number;
  /** Filled in for the ears, again and again. */
  readonly voice: FlowVoice;
  readonly AudioPipeline: new () => AudioPipeline;
  /** An audible silence has ended; `unfinished`: because the two part. */
  silent(pair: FlowPair, silence: Silence, unfinished: boolean): void;
}

/** How one listener hears one talker of its channel, from the talker's first word on. */
export class FlowPair {
  p2p: FlowStream | null = null;
  sfu: FlowStream | null = null;
  /** {@link PairBit}s: which paths deliver. */
  paths = 0;
  /** The listener has heard the talker, or has waited for it long enough. */
  private judged = false;
  /** From the first missed frame on. */
  private silences: SilenceTracker | null = null;
  /** The last spoken frame was not heard. */
  private missing = false;
  private playback: Playback = 'none';
  private playedSinceMs = 0;
  /** Only while something fades. */
  private pipeline: AudioPipeline | null = null;
  private layer: LayerName | null = null;
  private layerPath: AudioPath = 'p2p';
  /** Of the last frames heard: from capture to playout; of this interval, and of the one before. */
  private delayUs = 0;
  private heardAfterUs = 0;
  /** The last frame heard of those that nobody has looked at one by one; -1: none. */
  private lastHeard = -1;
  private lastPath: AudioPath = 'p2p';

  /** @param sinceUs since when both sit here */
  constructor(
    private readonly owner: PairOwner,
    readonly listener: FlowSeat,
    readonly talker: FlowSeat,
    readonly ear: EarPair,
    private readonly sinceUs: number,
  ) {}

  /** Reads something of each of its parts. Which number that makes means nothing. */
  touch(): number {
    const { sfu, ear, lastHeard } = this;
    const ofStream = sfu === null ? 0 : sfu.goneSince + sfu.spokenSince;
    return lastHeard + ofStream + ear.touch();
  }

  /** The listener plays the talker over this path from now on. */
  play(playback: Playback, atMs: number): void {
    const before = this.playback;
    if (playback === before) return;
    this.playback = playback;
    if (this.pipeline === null && before !== 'none' && before !== 'both') {
      this.pipeline = new this.owner.AudioPipeline();
      this.pipeline.select(before, this.playedSinceMs);
    }
    this.pipeline?.select(playback === 'both' ? 'sfu' : playback, atMs);
    this.playedSinceMs = atMs;
  }

  /** A path delivers nothing any more. */
  lost(path: AudioPath, atMs: number): void {
    this.pipeline?.lost(path, atMs);
  }

  /**
   * Judges what has become of the frames of an interval.
   * @param p2p, sfu what each path has brought; null: nothing
   * @param merged for the sum of both, while a change of paths fades
   */
  hear(spoken: Spoken, p2p: Outcome | null, sfu: Outcome | null, merged: Outcome): void {
    const { playback } = this;
    const single = this.pipeline === null && playback !== 'both';
    const heard = single
      ? playback === 'p2p'
        ? p2p
        : playback === 'sfu'
          ? sfu
          : null
      : this.mix(spoken, p2p, sfu, merged);
    if (!this.judged) {
      if ((heard === null || heard.count === 0) && spoken.startFrame * FRAME_US < this.sinceUs + PATIENCE_US) return;
      this.judged = true;
    }
    this.heardAfterUs = this.delayUs;
    if (heard !== null && heard.count > 0) this.delayUs = Math.round(heard.delayUs / heard.count) + FRAME_US;
    this.tell(spoken, heard);
    this.follow(spoken, heard, p2p, sfu);
  }

  /** What is sent may have changed, though nothing is said. @param sfuLayer index of the layer that comes through the SFU */
  noteLayer(sfuLayer: number, atUs: number): void {
    const { p2p, playback, layerPath } = this;
    // over another path than the one that is played nothing is noticed before it is heard
    if (this.layer === null || playback !== layerPath) return;
    const index = layerPath === 'sfu' ? sfuLayer : p2p !== null ? p2p.wanted : -1;
    if (index >= 0) this.receive(LAYER_NAMES[index] as LayerName, layerPath, atUs);
  }

  private receive(layer: LayerName, path: AudioPath, atUs: number): void {
    if (layer === this.layer && path === this.layerPath) return;
    this.layer = layer;
    this.layerPath = path;
    this.ear.layer(atUs, layer, path);
  }

  /** One of the two leaves. */
  close(atUs: number): void {
    const silence = this.silences?.end(atUs) ?? null;
    if (silence !== null) this.owner.silent(this, silence, true);
    this.ear.close(atUs);
  }

  private tell({ startFrame, frames, count: spokenCount }: Spoken, heard: Outcome | null): void {
    const { voice } = this.owner;
    const count = heard === null ? 0 : heard.count;
    voice.fromUs = startFrame * FRAME_US;
    voice.untilUs = (startFrame + frames) * FRAME_US;
    voice.frames = spokenCount;
    voice.lost = spokenCount - count;
    voice.leftOut = heard === null && this.playback === 'sfu' && this.sfu?.isLeftOut === true ? spokenCount : 0;
    if (heard === null || count === 0) {
      voice.path = this.playback === 'p2p' ? 'p2p' : 'sfu';
      voice.relayed = false;
      voice.networkLost = spokenCount;
      voice.burstRatio = 1;
      voice.networkDelayMs = voice.mouthToEarMs = voice.playoutDelayMs = voice.jitterMs = voice.kbps = 0;
      voice.layer = null;
    } else {
      const { received, layer } = heard;
      const stream = heard.stream as FlowStream;
      const delayMs = heard.delayUs / count / 1000;
      const networkDelayMs = received > 0 ? heard.networkUs / received / 1000 : delayMs;
      this.receive(layer, stream.path, voice.fromUs);
      voice.path = stream.path;
      voice.relayed = stream.path === 'p2p' && stream.via !== null;
      voice.networkLost = spokenCount - received;
      voice.burstRatio = burstRatio(heard.concealed, spokenCount - count, spokenCount);
      voice.networkDelayMs = networkDelayMs;
      voice.mouthToEarMs = delayMs + CODEC_MS;
      voice.playoutDelayMs = Math.max(0, delayMs - networkDelayMs);
      voice.jitterMs = stream.jitterUs / 1000;
      voice.layer = layer;
      voice.kbps = (received * heard.bytes * 8) / (frames * FRAME_MS);
    }
    this.ear.interval(voice);
  }

  /** Looks for silences, frame by frame; only where there may be some. */
  private follow(
    { startFrame, frames, mask: spoken, count: spokenCount }: Spoken,
    heard: Outcome | null,
    p2p: Outcome | null,
    sfu: Outcome | null,
  ): void {
    const missed = heard === null ? spokenCount : spokenCount - heard.count;
    if (missed === 0 && !this.missing && (heard as Outcome).stalledUs < this.owner.audibleGapUs / 2) {
      this.lastHeard = startFrame + lastFrame(spoken);
      this.lastPath = ((heard as Outcome).stream as FlowStream).path;
      return;
    }
    const silences = this.silences ?? new SilenceTracker(this.owner.audibleGapUs);
    this.silences = silences;
    if (this.lastHeard >= 0)
      silences.heard(this.lastHeard, this.lastHeard * FRAME_US + this.heardAfterUs, this.lastPath);
    this.lastHeard = -1;
    for (let i = 0; i < frames; i++) {
      if (!hasFrame(spoken, i)) continue;
      const frame = startFrame + i;
      this.missing = heard === null || hasFrame(heard.concealed, i);
      if (this.missing) silences.missed(frame, delivers(p2p, i) || delivers(sfu, i) ? 'elsewhere' : 'absent');
      else {
        const { playoutUs, stream } = heard as Outcome;
        const playsUs = playoutUs === null ? frame * FRAME_US + this.delayUs : (playoutUs[i] as number);
        const silence = silences.heard(frame, Math.round(playsUs), (stream as FlowStream).path);
        if (silence !== null) this.owner.silent(this, silence, false);
      }
    }
  }

  /** What is heard of two paths that are both played, each with its gain. */
  private mix(
    { startFrame, frames, mask: spoken }: Spoken,
    p2p: Outcome | null,
    sfu: Outcome | null,
    out: Outcome,
  ): Outcome | null {
    if (p2p === null && sfu === null) return null;
    const endMs = (startFrame + frames) * FRAME_MS;
    const louder = this.gain('sfu', endMs) >= this.gain('p2p', endMs) ? (sfu ?? p2p) : (p2p ?? sfu);
    out.begin((louder as Outcome).stream as FlowStream, (louder as Outcome).layer, (louder as Outcome).bytes);
    let doubledFrom = -1;
    for (let i = 0; i <= frames; i++) {
      const spokenNow = i < frames && hasFrame(spoken, i);
      const atMs = (startFrame + i) * FRAME_MS;
      const ofP2p = spokenNow && p2p !== null && !hasFrame(p2p.concealed, i) ? this.gain('p2p', atMs) : 0;
      const ofSfu = spokenNow && sfu !== null && !hasFrame(sfu.concealed, i) ? this.gain('sfu', atMs) : 0;
      const doubled = ofP2p + ofSfu > DOUBLED_GAIN;
      if (doubled && doubledFrom < 0) doubledFrom = startFrame + i;
      if (!doubled && doubledFrom >= 0) {
        this.ear.doubled(doubledFrom * FRAME_US, (startFrame + i) * FRAME_US);
        doubledFrom = -1;
      }
      if (!spokenNow) continue;
      if (ofP2p + ofSfu < AUDIBLE_GAIN) addFrames(out.concealed, i, i + 1);
      else out.add(ofSfu >= ofP2p ? (sfu as Outcome) : (p2p as Outcome));
    }
    this.rest(endMs);
    return out;
  }

  private gain(path: AudioPath, atMs: number): number {
    if (this.playback === 'both' || this.pipeline === null) return 1;
    return this.pipeline.gain(path, atMs);
  }

  /** Forgets the pipeline when its fade is over, and it has done what it should. */
  private rest(atMs: number): void {
    const { pipeline } = this;
    if (pipeline === null || this.playback === 'both' || atMs < pipeline.settledAtMs) return;
    const right = (path: AudioPath): boolean => pipeline.gain(path, atMs) === (this.playback === path ? 1 : 0);
    if (right('p2p') && right('sfu')) this.pipeline = null;
  }
}

/** Whether a path brings a frame, played or not. */
function delivers(outcome: Outcome | null, frame: number): boolean {
  return outcome !== null && !hasFrame(outcome.concealed, frame);
}

/** BurstR (ITU-T G.107, section 3.5): mean run of lost frames over that of losses that do not know of each other, 1 / (1 - share). At least 1. */
function burstRatio(concealed: FrameMask, count: number, frames: number): number {
  if (count === 0 || count === frames) return 1;
  let runs = 0;
  let before = 0;
  for (let i = 0; i < concealed.length; i++) {
    const word = concealed[i] as number;
    runs += bitsOf(word & ~((word << 1) | before));
    before = word >>> 31;
  }
  return Math.max(1, (count / runs) * (1 - count / frames));
}
