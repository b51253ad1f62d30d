import type { BandwidthEstimator, LossReport, PacketFeedback } from './bandwidth-estimator.js';
import { clamp } from './clamp.js';
import { checkedLimits, type EstimatorLimits } from './estimator-limits.js';
import { RembCap } from './remb-cap.js';

export interface LossRuleOptions extends EstimatorLimits {
  /** Above this share the estimate falls. */
  readonly lossThreshold: number;
  /** The estimate does not rise for this long after it has fallen. */
  readonly holdMs: number;
}

/** B4. Limits for one voice; who steers the sum of several gives limits for the sum. */
export const defaultLossRule: LossRuleOptions = {
  minKbps: 16,
  maxKbps: 128,
  startKbps: 64,
  lossThreshold: 0.1,
  holdMs: 5_000,
};

const FALL = 0.85;
const RISE = 1.05;
/** Near the estimate at which it last fell: from this share of it on. */
const NEAR = 0.9;
/** There it rises this seldom: a queue of 300 ms takes 6 s to fill when 5 % too much is sent, and shows no loss until then. */
const NEAR_EVERY_MS = 10_000;

/**
 * The rule of the documents (B4): with each receiver report, loss over the threshold takes 15 % off, less adds 5 %. Three things keep it
 * from oscillating. It does not rise again right after a fall. It rises slowly near where it last fell. And it does not rise from half the threshold
 * on: 5 % more traffic is at most 5 points more loss, so that a rise never leads over a threshold of 10 %, and on a steady link it comes to rest
 * between the two.
 *
 * Loss is all it looks at: transport-wide feedback repeats what the receiver reports say. REMB is an upper bound.
 */
export class LossRuleEstimator implements BandwidthEstimator {
  protected readonly options: LossRuleOptions;
  protected readonly remb = new RembCap();
  protected ruleKbps: number;
  protected nowMs = -Infinity;
  protected fellAtMs = -Infinity;
  protected fellFromKbps = Infinity;
  /** Since when it has neither changed nor seen as much loss as keeps it from rising. */
  protected quietSinceMs = -Infinity;

  /** Throws an `EstimatorLimitsError`. */
  constructor(options: Partial<LossRuleOptions> = {}) {
    this.options = { ...defaultLossRule, ...options };
    checkedLimits(this.options);
    this.ruleKbps = this.options.startKbps;
  }

  get estimateKbps(): number {
    return clamp(this.remb.capAt(this.nowMs), this.options.minKbps, this.ruleKbps);
  }

  /** A share that is no number is no report. */
  onLossReport(report: LossReport): void {
    this.advance(report.atMs);
    const { minKbps, maxKbps, lossThreshold } = this.options;
    if (report.lossShare > lossThreshold) {
      this.fellFromKbps = this.estimateKbps;
      this.ruleKbps = clamp(this.estimateKbps * FALL, minKbps, maxKbps);
      this.fellAtMs = this.quietSinceMs = this.nowMs;
    } else if (report.lossShare <= lossThreshold && this.mayRise(report)) {
      this.ruleKbps = clamp(this.ruleKbps * RISE, minKbps, maxKbps);
      this.quietSinceMs = this.nowMs;
    }
  }

  onTransportFeedback(atMs: number, _packets: readonly PacketFeedback[]): void {
    this.advance(atMs);
  }

  onRemb(atMs: number, kbps: number): void {
    this.advance(atMs);
    this.remb.onRemb(this.nowMs, kbps);
  }

  /** Whether a report that is not over the threshold raises the estimate. */
  protected mayRise(report: LossReport): boolean {
    const { holdMs, lossThreshold } = this.options;
    if (report.lossShare >= lossThreshold / 2) {
      this.quietSinceMs = this.nowMs;
      return false;
    }
    const near = this.ruleKbps > NEAR * this.fellFromKbps && this.ruleKbps < this.fellFromKbps;
    return this.nowMs - this.fellAtMs >= holdMs && (!near || this.nowMs - this.quietSinceMs >= NEAR_EVERY_MS);
  }

  protected advance(atMs: number): void {
    this.nowMs = Math.max(this.nowMs, atMs);
  }
}
