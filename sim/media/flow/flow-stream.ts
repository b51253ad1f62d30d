import type { LayerName } from '../../../core/media/layers.js';
import type { LayerSelection } from '../../../core/sfu/layer-selection.js';
import type { Host } from '../../hosts/index.js';
import { FRAME_US } from '../talk/index.js';
import { conceal } from './fec.js';
import { type FrameMask, frameMask } from './frame-mask.js';
import { FlowPlayout, LEAST_TARGET_US, type Played } from './playout.js';
import type { Track } from './track.js';

/** What has become of a stream in an interval. One of them is used again and again. */
export class Outcome implements Played {
  /** Spoken frames that are neither played nor repaired. */
  readonly concealed: FrameMask;
  concealedCount = 0;
  count = 0;
  delayUs = 0;
  received = 0;
  networkUs = 0;
  stalledUs = 0;
  stalledFrame = 0;

  /** @param frames most frames of an interval */
  constructor(frames: number) {
    this.concealed = frameMask(frames);
  }
}

/** One talker's voice over one path at one listener: its playout, and for an SFU its layer. Made when the path delivers, gone when it no longer does. */
export class FlowStream {
  /** When the last packet came out of the last link. */
  lastUs = Number.NEGATIVE_INFINITY;
  /** The same, before the last link. */
  lastUpUs = Number.NEGATIVE_INFINITY;
  /** Which layer the SFU sends on; null: not through an SFU. */
  selection: LayerSelection | null = null;
  layer: LayerName | null = null;
  /** Frames sent to the listener, and of these lost, since the last report. */
  reportSent = 0;
  reportLost = 0;
  private playout: FlowPlayout | null = new FlowPlayout();
  /** While nothing changes: how long each packet takes, and how long it is held in the buffer. */
  private transitUs = Number.NaN;
  private heldUs = 0;

  /**
   * @param path `p2p` or `sfu`
   * @param via the server in between: SFU node, TURN server, or none
   */
  constructor(
    readonly path: 'p2p' | 'sfu',
    readonly via: Host | null,
  ) {}

  get jitterUs(): number {
    return this.playout?.jitterUs ?? 0;
  }

  /** Plays what has come in an interval. */
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
      if (!track.timed && Math.abs(track.delayUs - this.transitUs) < 1) {
        this.playEvenly(sent, spoken, spokenCount, track, frames, fec, out);
        return;
      }
      this.playout = FlowPlayout.settled(this.transitUs, startFrame - 1, this.heldUs);
    }
    out.concealed.fill(0);
    out.count = out.delayUs = out.received = out.networkUs = out.stalledUs = 0;
    this.playout.play(sent, spoken, track, startFrame, frames, fec, out.concealed, out);
    out.concealedCount = spokenCount - out.count;
    if (track.timed || !this.playout.isSettled) return;
    this.transitUs = track.delayUs;
    this.heldUs = this.playout.delayUs;
    this.playout = null;
  }

  /** All packets take equally long and always did: only losses matter. */
  private playEvenly(
    sent: FrameMask,
    spoken: FrameMask,
    spokenCount: number,
    track: Track,
    frames: number,
    fec: boolean,
    out: Outcome,
  ): void {
    // in a silence the buffer goes to where it wants to be
    if (spokenCount < frames) this.heldUs = LEAST_TARGET_US;
    out.concealedCount = conceal(sent, spoken, track.lost, frames, fec, out.concealed);
    out.count = out.received = spokenCount - out.concealedCount;
    out.networkUs = out.received * this.transitUs;
    out.delayUs = out.count * (this.transitUs + this.heldUs);
    out.stalledUs = 0;
  }
}

/** Time of the beginning of a frame, in microseconds. */
export function frameStartUs(frame: number): number {
  return frame * FRAME_US;
}

/** Number of the first frame that begins at a time or after it. */
export function frameFrom(timeUs: number): number {
  return Math.ceil(timeUs / FRAME_US);
}
