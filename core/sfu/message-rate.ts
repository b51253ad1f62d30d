/** Places for times at first: most connections say little at a time. */
const FIRST_PLACES = 4;

/**
 * At most so many messages in any window of time (B9): exact, because it remembers when each of those was allowed that still count. What is refused
 * does not count.
 */
export class MessageRate {
  /** When the last ones were allowed, as a ring; `next` is the oldest. It grows up to the limit while all of them still count. */
  protected allowedMs: Float64Array;
  protected next = 0;
  protected lastMs = Number.NEGATIVE_INFINITY;

  constructor(
    protected readonly limit: number,
    protected readonly windowMs: number,
  ) {
    this.allowedMs = new Float64Array(Math.min(limit, FIRST_PLACES)).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether one more is allowed now. @param atMs what goes back is taken as now */
  allow(atMs: number): boolean {
    this.lastMs = Math.max(this.lastMs, atMs);
    if (this.lastMs - (this.allowedMs[this.next] as number) < this.windowMs) {
      if (this.allowedMs.length >= this.limit) return false;
      this.grow();
    }
    this.allowedMs[this.next] = this.lastMs;
    this.next = (this.next + 1) % this.allowedMs.length;
    return true;
  }

  /** More places, which count as the oldest. */
  private grow(): void {
    const { allowedMs, next } = this;
    const larger = new Float64Array(Math.min(this.limit, allowedMs.length * 2)).fill(Number.NEGATIVE_INFINITY);
    larger.set(allowedMs.subarray(next));
    larger.set(allowedMs.subarray(0, next), allowedMs.length - next);
    this.allowedMs = larger;
    this.next = allowedMs.length;
  }
}
