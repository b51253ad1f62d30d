import type { BandwidthEstimator } from '../../../core/media/bandwidth-estimator.js';
import { FRAME_MS } from '../../../core/media/rtp.js';
import { type FrameMask, hasFrame } from './frame-mask.js';
import type { Track } from './track.js';

interface Entry {
  sentMs: number;
  arrivedMs: number | null;
  bytes: number;
}

/** One stream that a transport carried in an interval. */
export interface Carried {
  /** Frames whose packet was sent. */
  readonly sent: FrameMask;
  /** As they were sent; null: as they left the encoder. */
  readonly entered: Track | null;
  /** As they arrived. */
  readonly track: Track;
}

/** Transport-wide feedback as a receiver would send it, made from tracks. One of them is used for all. */
export class Feedback {
  private readonly entries: Entry[] = [];

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
    let count = 0;
    for (let frame = 0; frame < frames; frame++) {
      const leftMs = (startFrame + frame) * FRAME_MS;
      for (const { sent, entered, track } of carried) {
        if (!hasFrame(sent, frame)) continue;
        const entry = this.entry(count++);
        entry.sentMs = entered === null ? leftMs : timeMs(entered, frame, leftMs);
        entry.arrivedMs = hasFrame(track.lost, frame) ? null : timeMs(track, frame, leftMs);
        entry.bytes = track.bytes;
      }
    }
    if (count > 0) estimator.onTransportFeedback((startFrame + frames) * FRAME_MS, this.entries.slice(0, count));
  }

  private entry(index: number): Entry {
    let entry = this.entries[index];
    if (entry === undefined) {
      entry = { sentMs: 0, arrivedMs: null, bytes: 0 };
      this.entries.push(entry);
    }
    return entry;
  }
}

function timeMs({ timed, timesUs, delayUs }: Track, frame: number, leftMs: number): number {
  return timed ? (timesUs[frame] as number) / 1000 : leftMs + delayUs / 1000;
}
