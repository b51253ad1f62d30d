import type { AudioPath } from '../../../core/media/audio-pipeline.js';

/** Sums over the spoken frames of one interval of one pair. */
export class IntervalSums {
  frames = 0;
  lost = 0;
  /** Lost on the way, before FEC. */
  networkLost = 0;
  /** Not sent, because there is room for others only. */
  leftOut = 0;
  /** On the wire. */
  bytes = 0;
  private runs = 0;
  private inRun = false;
  private delaySumMs = 0;
  private networkSumMs = 0;
  private networkCount = 0;
  private lastNetworkMs = 0;
  private overP2p = 0;
  private overSfu = 0;

  constructor(public fromFrame: number) {}

  /** A frame was heard. @param repaired no packet brought it: FEC of the next one did */
  heard(path: AudioPath, delayMs: number, networkDelayMs: number, bytes: number, repaired: boolean): void {
    this.frames++;
    this.inRun = false;
    if (path === 'p2p') this.overP2p++;
    else this.overSfu++;
    this.delaySumMs += delayMs;
    this.bytes += bytes;
    if (repaired) {
      this.networkLost++;
      return;
    }
    this.lastNetworkMs = networkDelayMs;
    this.networkSumMs += networkDelayMs;
    this.networkCount++;
  }

  /**
   * A frame was not heard.
   * @param absent no packet brought it
   * @param leftOut because none was to
   */
  missed(absent: boolean, leftOut: boolean): void {
    this.frames++;
    this.lost++;
    if (absent) this.networkLost++;
    if (absent && leftOut) this.leftOut++;
    if (!this.inRun) this.runs++;
    this.inRun = true;
  }

  /** Path over which most was heard; null: nothing was. */
  get path(): AudioPath | null {
    if (this.overP2p + this.overSfu === 0) return null;
    return this.overSfu >= this.overP2p ? 'sfu' : 'p2p';
  }

  /** From capture to playout, average over what was heard, in ms. */
  get delayMs(): number {
    const heard = this.frames - this.lost;
    return heard === 0 ? 0 : this.delaySumMs / heard;
  }

  /** Average over what a packet brought; when none did, that of the last one, in ms. */
  get networkDelayMs(): number {
    return this.networkCount === 0 ? this.lastNetworkMs : this.networkSumMs / this.networkCount;
  }

  /** BurstR (ITU-T G.107, section 3.5): mean run of lost frames over 1/(1 - p), which it is when losses do not know of each other. At least 1. */
  get burstRatio(): number {
    if (this.lost === 0 || this.lost === this.frames) return 1;
    return Math.max(1, (this.lost / this.runs) * (1 - this.lost / this.frames));
  }

  /** A new interval. A run of losses that lasts is counted in both. */
  begin(fromFrame: number): void {
    this.fromFrame = fromFrame;
    this.frames = this.lost = this.networkLost = this.leftOut = this.bytes = this.runs = 0;
    this.delaySumMs = this.networkSumMs = this.networkCount = this.overP2p = this.overSfu = 0;
    this.inRun = false;
  }
}
