import { clamp } from '../clamp.js';

/** Weight of a new measurement. */
const WEIGHT = 0.05;
/** Bounds of the variance divided by the mean, in kbit/s: 0.4 are 14 kbit/s at 500. */
const DEVIATION_MIN = 0.4;
const DEVIATION_MAX = 2.5;

/** A full link is remembered for this long, and twice as long each time it is found to be full again soon after that. */
const REMEMBER_MIN_MS = 10_000;
const REMEMBER_MAX_MS = 80_000;
const SOON_MS = 40_000;

/**
 * Rate at which the link was last found to be full, with its spread, as in libwebrtc. A sender that is limited by the application is held to it for a while:
 * it cannot grow step by step, it tries a whole layer more, and each trial that fails is heard.
 */
export class LinkCapacity {
  protected meanKbps: number | null = null;
  protected deviation = DEVIATION_MIN;

  protected rememberMs = REMEMBER_MIN_MS;
  protected untilMs = -Infinity;

  get known(): boolean {
    return this.meanKbps !== null;
  }

  /** What a sender that cannot grow step by step should not exceed: the capacity while it is remembered, else Infinity. */
  rememberedKbps(nowMs: number): number {
    return this.meanKbps === null || nowMs >= this.untilMs ? Infinity : this.meanKbps;
  }

  /** The link was over-used while this much arrived. What is far from the mean replaces it. */
  onOveruse(arrivedKbps: number, nowMs: number): void {
    if (nowMs >= this.untilMs)
      this.rememberMs =
        nowMs - this.untilMs < SOON_MS ? Math.min(2 * this.rememberMs, REMEMBER_MAX_MS) : REMEMBER_MIN_MS;
    this.untilMs = nowMs + this.rememberMs;
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
