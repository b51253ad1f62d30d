import { LAYER_NAMES } from '../../../core/media/layers.js';
import type { UplinkController } from '../../../core/media/uplink-controller.js';
import type { LayerSelection } from '../../../core/sfu/layer-selection.js';
import type { Host } from '../../hosts/index.js';
import { conceal } from './fec.js';
import { countBoth, type FrameMask } from './frame-mask.js';
import { LossCount } from './loss-count.js';
import { isAmple, PEER_LIMITS } from './options.js';
import type { Outcome } from './outcome.js';
import { FlowPlayout, FRAMES_PER_SAMPLE, LEAST_TARGET_US, SAME_US } from './playout.js';
import { Fate } from './report-delivery.js';
import type { Track } from './track.js';

/** One talker's voice over one path at one listener: its playout, and for an SFU its layer. Made when the path delivers, gone when it no longer does. */
export class FlowStream {
  // first what is needed in every interval: it then lies close together in memory
  private playout: FlowPlayout | null = new FlowPlayout();
  /** While nothing changes: how long each packet takes, and how long it is held in the buffer. */
  private transitUs = -1;
  private heldUs = 0;
  /** Index of the layer that is to be sent. */
  wanted = 0;
  isLeftOut = false;
  /** The node is too busy for anything but the lowest layer. */
  spared = false;
  /** The path delivers nothing since this frame; -1: it does. */
  goneSince = -1;
  /** Up to this frame, before the present interval, others have filled the listener's downlink. */
  queuedUntil = 0;
  /** Spoken frames since the last report. */
  spokenSince = 0;
  /** The next one with speech at the same listener. */
  nextTalking: FlowStream | null = null;
  /** Of a copy: its estimate is as high as can be, and high enough to need no look at each packet. */
  full = false;
  ample = false;
  /** Of a copy: what becomes of the report on it of this interval. */
  fate: number = Fate.unknown;
  /** How much the talker has talked in the last seconds, 0..1, where voices may be left out; -1: not known yet. */
  activity = -1;
  /** Which layer the SFU sends on; null: not through an SFU. */
  selection: LayerSelection | null = null;
  /** When the last packet came out of the last link. */
  lastUs = Number.NEGATIVE_INFINITY;
  /** The same, before the last link. */
  lastUpUs = Number.NEGATIVE_INFINITY;
  /** From when until when the node left the voice out, the last time. */
  leftOutFromUs = Number.POSITIVE_INFINITY;
  leftOutUntilUs = Number.NEGATIVE_INFINITY;
  /** What steers the talker's copy for this listener; null: through an SFU. */
  uplink: UplinkController | null = null;
  /** Of a copy: there was a room before it, and still is. */
  private rehearses = false;
  /** Of a copy; null: through an SFU. */
  readonly loss: LossCount | null;
  /** Half seconds for which that was so, up to a frame. */
  private samples = 0;
  private settledFrame = 0;

  /**
   * @param path `p2p` or `sfu`
   * @param via the server in between: SFU node, TURN server, or none
   */
  constructor(
    readonly path: 'p2p' | 'sfu',
    readonly via: Host | null,
    /** There and back, without queues. */
    readonly rttMs: number,
  ) {
    this.loss = path === 'p2p' ? new LossCount() : null;
  }

  /** A copy that is to replace the way through a room holds back ... */
  rehearse(): void {
    this.rehearses = true;
    this.uplink!.rehearse();
    this.lookAtUplink();
  }

  /** ... as long as that is there. */
  perform(atMs: number): void {
    if (!this.rehearses) return;
    this.rehearses = false;
    this.uplink!.perform(atMs);
    this.lookAtUplink();
  }

  /** What steers the copy has heard something: notes what it makes of it. */
  lookAtUplink(): void {
    const { layer, estimateKbps, wireKbps } = this.uplink!;
    this.wanted = LAYER_NAMES.indexOf(layer);
    this.full = estimateKbps >= PEER_LIMITS.maxKbps;
    this.ample = isAmple(estimateKbps, wireKbps, PEER_LIMITS);
  }

  /** The node has no room for it on the listener's link; or it has again. */
  leaveOut(leftOut: boolean, atUs: number): void {
    if (leftOut === this.isLeftOut) return;
    this.isLeftOut = leftOut;
    if (leftOut) this.leftOutFromUs = atUs;
    this.leftOutUntilUs = leftOut ? Number.POSITIVE_INFINITY : atUs;
  }

  /** Whether it was left out at a time, as far as that was the last time. */
  leftOutAt(timeUs: number): boolean {
    return timeUs >= this.leftOutFromUs && timeUs < this.leftOutUntilUs;
  }

  get jitterUs(): number {
    return this.playout?.jitterUs ?? 0;
  }

  /** Nothing has come over the path for more than 2 s: the buffer begins anew. */
  reset(): void {
    this.playout = new FlowPlayout();
  }

  /** All packets take equally long if they take this long, and always did: only losses matter. */
  isEven(delayUs: number): boolean {
    return this.playout === null && Math.abs(delayUs - this.transitUs) < SAME_US;
  }

  /**
   * Plays an interval in which that is so.
   * @param silence there is one within
   * @param out it is known what has come, and what has been repaired
   */
  playAlike(delayUs: number, silence: boolean, out: Outcome): void {
    this.transitUs = Math.round(delayUs);
    // in a silence the buffer goes to where it wants to be
    if (silence) this.heldUs = LEAST_TARGET_US;
    out.delayUs = out.count * (this.transitUs + this.heldUs);
    out.networkUs = out.received * this.transitUs;
  }

  /** Plays what has come in an interval; `out` must have been begun. */
  play(
    sent: FrameMask,
    spoken: FrameMask,
    spokenCount: number,
    track: Track,
    startFrame: number,
    frames: number,
    fec: boolean,
    out: Outcome,
  ): void {
    if (this.playout === null) {
      if (!track.timed && this.isEven(track.delayUs)) {
        out.count = spokenCount - conceal(sent, spoken, track.lost, frames, fec, out.concealed);
        out.received = spokenCount - countBoth(spoken, track.lost);
        this.playAlike(track.delayUs, spokenCount < frames, out);
        return;
      }
      const samples = this.samples + (startFrame - this.settledFrame) / FRAMES_PER_SAMPLE;
      this.playout = FlowPlayout.settled(this.transitUs, startFrame - 1, this.heldUs, samples);
    }
    const { playout } = this;
    if (!track.jittery) playout.rest(this.queuedUntil, startFrame);
    playout.play(sent, spoken, track, startFrame, frames, fec, out);
    if (track.timed || !playout.isSettled) return;
    this.transitUs = Math.round(track.delayUs);
    this.heldUs = Math.round(playout.delayUs);
    this.samples = Math.round(playout.samples);
    this.settledFrame = startFrame + frames;
    this.playout = null;
  }
}
