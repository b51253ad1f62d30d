import type { BandwidthEstimator, PacketFeedback } from '../../../core/media/bandwidth-estimator.js';
import { FRAME_MS } from '../../../core/media/rtp.js';
import { type FrameMask, hasFrame } from './frame-mask.js';
import { Refill } from './refill.js';
import type { Track } from './track.js';

/** One stream that a transport carried in an interval. */
export interface Carried {
  /** Frames whose packet was sent. */
  readonly sent: FrameMask;
  /** As they were sent; null: as they left the encoder. */
  readonly entered: Track | null;
  /** As they arrived. */
  readonly track: Track;
}

// two classes, so that numbers are kept in place and not made anew for each packet
class Arrived {
  constructor(
    public sentMs: number,
    public arrivedMs: number,
    public bytes: number,
  ) {}
}

class Lost {
  readonly arrivedMs = null;
  constructor(
    public sentMs: number,
    public bytes: number,
  ) {}
}

/** Transport-wide feedback as a receiver would send it, made from tracks. One of them is used for all: estimators keep nothing of what they are given. */
export class Feedback {
  private readonly arrived = new Refill<Arrived>();
  private readonly lost = new Refill<Lost>();

  /**
   * Tells an estimator of all packets of an interval, as packets do in one go with the reports.
   * @param startFrame packets leave at the begin of the frame of their number
   */
  tell(
    estimator: Pick<BandwidthEstimator, 'onTransportFeedback'>,
    startFrame: number,
    frames: number,
    carried: readonly Carried[],
  ): void {
    this.arrived.clear();
    this.lost.clear();
    const packets: PacketFeedback[] = [];
    let arrived = false;
    for (let frame = 0; frame < frames; frame++) {
      const leftMs = (startFrame + frame) * FRAME_MS;
      for (const { sent, entered, track } of carried) {
        if (!hasFrame(sent, frame)) continue;
        const sentMs = entered === null ? leftMs : timeMs(entered, frame, leftMs);
        if (hasFrame(track.lost, frame)) packets.push(this.lostPacket(sentMs, track.bytes));
        else {
          arrived = true;
          packets.push(this.arrivedPacket(sentMs, timeMs(track, frame, leftMs), track.bytes));
        }
      }
    }
    // of packets that are lost, nothing is told before others arrive
    if (arrived) estimator.onTransportFeedback((startFrame + frames) * FRAME_MS, packets);
  }

  private arrivedPacket(sentMs: number, arrivedMs: number, bytes: number): Arrived {
    const packet = this.arrived.reuse();
    if (packet === undefined) {
      const made = new Arrived(sentMs, arrivedMs, bytes);
      this.arrived.push(made);
      return made;
    }
    packet.sentMs = sentMs;
    packet.arrivedMs = arrivedMs;
    packet.bytes = bytes;
    return packet;
  }

  private lostPacket(sentMs: number, bytes: number): Lost {
    const packet = this.lost.reuse();
    if (packet === undefined) {
      const made = new Lost(sentMs, bytes);
      this.lost.push(made);
      return made;
    }
    packet.sentMs = sentMs;
    packet.bytes = bytes;
    return packet;
  }
}

function timeMs({ timed, timesUs, delayUs }: Track, frame: number, leftMs: number): number {
  return timed ? (timesUs[frame] as number) / 1000 : leftMs + delayUs / 1000;
}
