import { clamp } from '../estimator-limits.js';

/** Weight of a new measurement. */
const WEIGHT = 0.05;
/** Bounds of the variance divided by the mean, in kbit/s: 0.4 are 14 kbit/s at 500. */
const DEVIATION_MIN = 0.4;
const DEVIATION_MAX = 2.5;

/** Rate at which the link was last found to be full, with its spread, as in libwebrtc. */
export class LinkCapacity {
  protected meanKbps: number | null = null;
  protected deviation = DEVIATION_MIN;

  get known(): boolean {
    return this.meanKbps !== null;
  }

  /** The link was over-used while this much arrived. What is far from the mean replaces it. */
  onOveruse(arrivedKbps: number): void {
    if (this.meanKbps !== null && arrivedKbps < this.meanKbps - this.spreadKbps()) this.meanKbps = null;
    this.meanKbps = this.meanKbps === null ? arrivedKbps : this.meanKbps + WEIGHT * (arrivedKbps - this.meanKbps);
    const error = this.meanKbps - arrivedKbps;
    const sample = (error * error) / Math.max(this.meanKbps, 1);
    this.deviation = clamp(this.deviation + WEIGHT * (sample - this.deviation), DEVIATION_MIN, DEVIATION_MAX);
  }

  /** More arrives than the link was thought to carry: it is forgotten. */
  onArrived(arrivedKbps: number): void {
    if (this.meanKbps !== null && arrivedKbps > this.meanKbps + this.spreadKbps()) this.meanKbps = null;
  }

  protected spreadKbps(): number {
    return 3 * Math.sqrt(this.deviation * (this.meanKbps ?? 0));
  }
}
