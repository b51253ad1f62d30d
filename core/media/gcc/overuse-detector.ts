import { clamp } from '../clamp.js';

/** over: the queue grows. under: it drains. */
export type LinkUse = 'normal' | 'over' | 'under';

const GAIN = 4;
/** A slope counts in full after this many groups. */
const FULL_COUNT = 60;
const THRESHOLD_START = 12.5;
const THRESHOLD_MIN = 6;
const THRESHOLD_MAX = 600;
/** How fast the threshold follows, a ms, when it lies below the trend and when above. */
const FOLLOW_UP = 0.0087;
const FOLLOW_DOWN = 0.039;
/** A trend this far over the threshold is a change of capacity, nothing to get used to. */
const SPIKE = 15;
const ADAPT_MAX_MS = 100;
/** Over-use has to last longer than this. */
const OVER_MS = 10;

/**
 * Decides from the slope of the delay whether the link is over-used, as in libwebrtc (draft-ietf-rmcat-gcc-02, section 5.4). The threshold follows the
 * trend, fast down and slowly up, so that a voice is not starved by a flow that reacts to loss only, nor by jitter.
 */
export class OveruseDetector {
  use: LinkUse = 'normal';
  threshold = THRESHOLD_START;
  protected overMs = -1;
  protected overCount = 0;
  protected slopeBefore = 0;
  protected adaptedAtMs = -1;

  /** A slope, from how many groups it is, the time between sending the last two of them and the arrival of the last. */
  update(slope: number, count: number, sendDeltaMs: number, arrivedMs: number): LinkUse {
    if (count < 2) return this.use;
    const trend = Math.min(count, FULL_COUNT) * slope * GAIN;
    if (trend > this.threshold) {
      // the threshold was crossed some time since the group before: half of that
      this.overMs = this.overMs < 0 ? sendDeltaMs / 2 : this.overMs + sendDeltaMs;
      this.overCount++;
      if (this.overMs > OVER_MS && this.overCount > 1 && slope >= this.slopeBefore) {
        this.overMs = 0;
        this.overCount = 0;
        this.use = 'over';
      }
    } else {
      this.overMs = -1;
      this.overCount = 0;
      this.use = trend < -this.threshold ? 'under' : 'normal';
    }
    this.slopeBefore = slope;
    this.adapt(Math.abs(trend), arrivedMs);
    return this.use;
  }

  protected adapt(trend: number, arrivedMs: number): void {
    const elapsedMs = this.adaptedAtMs < 0 ? 0 : Math.min(arrivedMs - this.adaptedAtMs, ADAPT_MAX_MS);
    this.adaptedAtMs = arrivedMs;
    if (trend > this.threshold + SPIKE) return;
    const speed = trend < this.threshold ? FOLLOW_DOWN : FOLLOW_UP;
    const moved = this.threshold + speed * (trend - this.threshold) * elapsedMs;
    this.threshold = clamp(moved, THRESHOLD_MIN, THRESHOLD_MAX);
  }
}
