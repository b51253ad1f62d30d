const BUCKETS = 100;
/** Share of what is remembered at each new value (`kForgetFactor` of WebRTC's NetEq). */
const FORGETTING = 0.983;
const QUANTILE = 0.95;
/** At first forgetting is 1 - 2 / (n + 1), so that the first values count (`kStartForgetWeight`). */
const START_WEIGHT = 2;

/**
 * Distribution of relative delays with forgetting, as in NetEq's `UnderrunOptimizer`: 100 buckets of 20 ms; what is longer counts as
 * the longest.
 */
export class DelayHistogram {
  static readonly bucketMs = 20;
  private readonly shares = new Float64Array(BUCKETS);
  private added = 0;

  /** Adds a value, in ms, not negative. */
  add(delayMs: number): void {
    this.added++;
    const keep = Math.min(FORGETTING, 1 - START_WEIGHT / (this.added + 1));
    const { shares } = this;
    const kept = Math.max(0, keep);
    for (let i = 0; i < BUCKETS; i++) shares[i]! *= kept;
    shares[Math.min(BUCKETS - 1, Math.floor(delayMs / DelayHistogram.bucketMs))]! += 1 - kept;
  }

  /** Upper edge of the bucket below which 95 % lie, in ms; null before the first value. */
  quantileMs(): number | null {
    if (this.added === 0) return null;
    let sum = 0;
    for (let i = 0; i < BUCKETS; i++) {
      sum += this.shares[i]!;
      if (sum >= QUANTILE) return (i + 1) * DelayHistogram.bucketMs;
    }
    return BUCKETS * DelayHistogram.bucketMs;
  }

  /** Forgets everything. */
  clear(): void {
    this.shares.fill(0);
    this.added = 0;
  }
}
