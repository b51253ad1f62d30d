import type { AudioPath, AudioPipeline } from '../../../core/media/audio-pipeline.js';
import type { LayerName } from '../../../core/media/layers.js';
import type { DiscontinuityKind, EarPair } from '../ears/index.js';
import type { Playback } from '../hearing-member.js';
import { FRAME_US } from '../talk/index.js';
import { FrameRing, RING_FRAMES } from './frame-ring.js';
import type { InboundStream } from './inbound-stream.js';
import { IntervalSums } from './interval-sums.js';
import type { MediaSession } from './media-session.js';
import type { PlaneParts } from './plane-parts.js';
import { type Silence, SilenceTracker } from './silence-tracker.js';

/** What has not been played so many frames after its capture (2 s) never will be: a jitter buffer waits no longer. */
const DECIDED_FRAMES = 100;
/** Quieter than this is nothing: -20 dB. */
const AUDIBLE_GAIN = 0.1;
/** More than this is the same voice twice. */
const DOUBLED_GAIN = 1.05;
/** Who has not heard a talker for this long since both sit here hears a silence; before that the paths are still being built. */
const PATIENCE_US = 10_000_000;
/** Taken for the delay from mouth to ear while nothing was heard: what may be on its way is not lost yet. */
const UNKNOWN_DELAY_MS = 1_000;
/** Look-ahead of the Opus encoder (RFC 6716, section 2.1.4: 26.5 ms with a frame of 20 ms). */
const LOOKAHEAD_MS = 6.5;

/**
 * How one listener hears one talker: the streams between the two, the gains they are played with, and, for each frame that was spoken, whether it
 * was heard. What the talker said is known; nothing is guessed from sequence numbers.
 */
export class PairHearing {
  readonly streams: InboundStream[] = [];
  private readonly pipeline: AudioPipeline;
  private playback: Playback = 'none';
  private ear: EarPair | null = null;
  private ring: FrameRing | null = null;
  private readonly silences: SilenceTracker;
  private readonly sums: IntervalSums;
  private readonly startedUs: number;
  /** Frames below have been judged. */
  private decided: number;
  private everHeard = false;
  private doubledFrame = -1;
  private doubledUntil = -1;
  private layerNow: LayerName | null = null;
  private layerPath: AudioPath | null = null;
  private lastDelayMs = UNKNOWN_DELAY_MS;
  /** From when until when the node left it out, the last time. */
  private leftOutFromUs = Number.POSITIVE_INFINITY;
  private leftOutUntilUs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parts: PlaneParts,
    readonly listener: MediaSession,
    readonly talker: MediaSession,
  ) {
    this.pipeline = new parts.classes.AudioPipeline();
    this.silences = new SilenceTracker(parts.options.audibleGapMs * 1000);
    this.startedUs = parts.sim.nowUs;
    this.decided = Math.floor(this.startedUs / FRAME_US);
    this.sums = new IntervalSums(this.decided);
  }

  // streams

  add(stream: InboundStream): void {
    this.streams.push(stream);
  }

  /** A stream ends; the path is dead when it was the last one over it. */
  remove(stream: InboundStream): void {
    const index = this.streams.indexOf(stream);
    if (index < 0) return;
    const { nowUs } = this.parts.sim;
    stream.buffer.advance(nowUs);
    this.streams.splice(index, 1);
    if (!this.streams.some(({ path }) => path === stream.path)) this.lost(stream.path);
  }

  /** A path delivers nothing any more. */
  lost(path: AudioPath): void {
    this.pipeline.lost(path, this.parts.sim.nowUs / 1000);
  }

  /** Plays what is due. */
  advance(): void {
    const { nowUs } = this.parts.sim;
    for (const stream of this.streams) stream.buffer.advance(nowUs);
  }

  /** The listener plays the talker over this path from now on. */
  play(playback: Playback): void {
    if (playback === this.playback) return;
    this.advance();
    this.playback = playback;
    // both: what a broken controller does; the pipeline has one output for one path
    this.pipeline.select(playback === 'both' ? 'sfu' : playback, this.parts.sim.nowUs / 1000);
  }

  /** The SFU leaves the talker out: there is room for others only; or no longer. */
  leaveOut(leftOut: boolean): void {
    const { nowUs } = this.parts.sim;
    if (leftOut) this.leftOutFromUs = nowUs;
    this.leftOutUntilUs = leftOut ? Number.POSITIVE_INFINITY : nowUs;
  }

  private leftOutAt(timeUs: number): boolean {
    return timeUs >= this.leftOutFromUs && timeUs < this.leftOutUntilUs;
  }

  // frames

  frameArrived(path: AudioPath, frame: number, networkDelayMs: number, bytes: number): void {
    if (frame < this.decided) return;
    this.room(frame).arrive(frame, path, networkDelayMs, bytes);
  }

  framePlayed(path: AudioPath, frame: number, playoutUs: number, capturedUs: number): void {
    if (frame < this.decided || this.listener.sleptAt(playoutUs)) return;
    const gain = this.gain(path, playoutUs);
    const ring = this.room(frame);
    if (gain < AUDIBLE_GAIN) ring.markMuted(frame);
    if (gain === 0) return;
    ring.play(frame, path, gain, (playoutUs - capturedUs) / 1000);
    const other = path === 'p2p' ? 'sfu' : 'p2p';
    if (ring.gain(frame, other) > 0 && gain + this.gain(other, playoutUs) > DOUBLED_GAIN) ring.markDoubled(frame);
  }

  layerArrived(stream: InboundStream, layer: LayerName): void {
    const { path } = stream;
    if (path !== this.playback && this.playback !== 'both') return;
    // a room that is left is still heard for a while beside the one that takes its place
    if (this.streams.findLast((each) => each.path === path) !== stream) return;
    if (layer === this.layerNow && path === this.layerPath) return;
    this.layerNow = layer;
    this.layerPath = path;
    const { nowUs, trace } = this.parts.sim;
    trace.record(this.listener.host.id, 'media.layer', `${this.talker.userId} ${path} ${layer}`);
    this.earPair().layer(nowUs, layer, path);
  }

  discontinuity(atUs: number, kind: DiscontinuityKind): void {
    this.parts.sim.trace.record(this.listener.host.id, 'media.discontinuity', `${this.talker.userId} ${kind}`);
    this.earPair().discontinuity(atUs, kind);
  }

  // judging

  /** Judges what cannot change any more, and tells the ears about the interval. */
  report(): void {
    this.advance();
    this.judgeUntil(Math.floor(this.parts.sim.nowUs / FRAME_US) - DECIDED_FRAMES);
    this.tell();
  }

  /** One of the two leaves: what has been due by now is judged. */
  close(): void {
    this.advance();
    const { nowUs } = this.parts.sim;
    this.judgeUntil(Math.floor((nowUs - this.lastDelayMs * 1000) / FRAME_US) - 1);
    this.tell();
    const silence = this.silences.end(nowUs);
    if (silence !== null) this.tellSilence(silence, true);
    this.endDoubled();
    this.ear?.close(nowUs);
  }

  private gain(path: AudioPath, atUs: number): number {
    return this.playback === 'both' ? 1 : this.pipeline.gain(path, atUs / 1000);
  }

  private room(frame: number): FrameRing {
    if (frame - this.decided >= RING_FRAMES) this.judgeUntil(frame - RING_FRAMES / 2);
    this.ring ??= new FrameRing();
    return this.ring;
  }

  private judgeUntil(end: number): void {
    const { speech } = this.talker;
    let frame = this.decided;
    while (frame < end) {
      if (speech.speaks(frame)) {
        this.judge(frame);
        this.ring?.clear(frame);
        frame++;
      } else {
        const next = Math.min(end, speech.nextChange(frame));
        if (this.ring !== null) {
          for (let each = Math.max(frame, next - RING_FRAMES); each < next; each++) this.ring.clear(each);
        }
        frame = next;
      }
    }
    if (end > this.decided) this.decided = end;
  }

  private judge(frame: number): void {
    const { ring, sums } = this;
    const p2p = ring === null ? 0 : ring.gain(frame, 'p2p');
    const sfu = ring === null ? 0 : ring.gain(frame, 'sfu');
    const heard = p2p + sfu >= AUDIBLE_GAIN;
    if (!this.everHeard) {
      if (!heard && frame * FRAME_US < this.startedUs + PATIENCE_US) return;
      this.everHeard = true;
    }
    const arrived = ring === null ? 0 : ring.arrived(frame);
    if (!heard) {
      sums.missed(arrived === 0, this.leftOutAt(frame * FRAME_US + this.talker.phaseUs));
      this.silences.missed(frame, this.howMissed(frame));
      return;
    }
    const path: AudioPath = sfu >= p2p ? 'sfu' : 'p2p';
    const delayMs = ring!.delayMs(frame);
    this.lastDelayMs = delayMs;
    sums.heard(path, delayMs, ring!.networkDelayMs(frame), ring!.bytesOf(frame), arrived === 0);
    if (ring!.isDoubled(frame)) this.noteDoubled(frame);
    const playoutUs = frame * FRAME_US + this.talker.phaseUs + delayMs * 1000;
    const silence = this.silences.heard(frame, Math.round(playoutUs), path);
    if (silence !== null) this.tellSilence(silence, false);
  }

  private howMissed(frame: number): 'late' | 'elsewhere' | 'absent' {
    const { ring } = this;
    if (ring === null || ring.arrived(frame) === 0) return 'absent';
    return ring.isMuted(frame) ? 'elsewhere' : 'late';
  }

  private tell(): void {
    this.endDoubled();
    const { sums } = this;
    if (sums.frames === 0) {
      sums.begin(this.decided);
      return;
    }
    const path = sums.path ?? (this.playback === 'p2p' ? 'p2p' : 'sfu');
    const stream = this.streams.find((each) => each.path === path);
    const mouthToEarMs = sums.delayMs + LOOKAHEAD_MS;
    const networkDelayMs = Math.max(0, sums.networkDelayMs);
    this.earPair().interval({
      fromUs: sums.fromFrame * FRAME_US,
      untilUs: this.decided * FRAME_US,
      path,
      relayed: stream?.relayed ?? false,
      frames: sums.frames,
      lost: sums.lost,
      networkLost: sums.networkLost,
      leftOut: sums.leftOut,
      burstRatio: sums.burstRatio,
      networkDelayMs,
      mouthToEarMs,
      playoutDelayMs: Math.max(0, mouthToEarMs - networkDelayMs - LOOKAHEAD_MS - FRAME_US / 1000),
      jitterMs: stream === undefined ? 0 : stream.reception.jitterMs,
      layer: this.layerNow,
      kbps: (sums.bytes * 8) / (((this.decided - sums.fromFrame) * FRAME_US) / 1000),
    });
    sums.begin(this.decided);
  }

  private tellSilence(silence: Silence, unfinished: boolean): void {
    const { fromUs, toUs, spokenUs } = silence;
    const { listener, talker } = this;
    let { cause } = silence;
    if (listener.sleptBetween(fromUs, toUs) || talker.sleptBetween(fromUs, toUs)) cause = 'asleep';
    else if (listener.silencedAt(fromUs)) cause = 'gesture';
    else if (this.leftOutAt(fromUs)) cause = 'left-out';
    else if ((cause === 'path' || cause === 'outage') && listener.channel.migratedAt(fromUs)) cause = 'migration';
    this.parts.sim.trace.record(listener.host.id, 'media.gap', `${talker.userId} ${toUs - fromUs} ${cause}`);
    this.earPair().silence(fromUs, toUs, cause, unfinished, Math.min(spokenUs, toUs - fromUs));
  }

  private noteDoubled(frame: number): void {
    if (frame !== this.doubledUntil) this.endDoubled();
    if (this.doubledFrame < 0) this.doubledFrame = frame;
    this.doubledUntil = frame + 1;
  }

  private endDoubled(): void {
    if (this.doubledFrame < 0) return;
    this.earPair().doubled(this.doubledFrame * FRAME_US, this.doubledUntil * FRAME_US);
    this.doubledFrame = -1;
  }

  private earPair(): EarPair {
    this.ear ??= this.parts.ears.pair(this.listener.member, this.talker.member, this.listener.channel.channelId);
    return this.ear;
  }
}
