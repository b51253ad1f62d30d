/**
 * At most so many messages in any window of time (B9): exact, because it remembers when each of the last ones was allowed. What is refused
 * does not count.
 */
export class MessageRate {
  /** When the last ones were allowed, as a ring; `next` is the oldest. */
  protected readonly allowedMs: Float64Array;
  protected next = 0;
  protected lastMs = Number.NEGATIVE_INFINITY;

  constructor(
    limit: number,
    protected readonly windowMs: number,
  ) {
    this.allowedMs = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether one more is allowed now. @param atMs what goes back is taken as now */
  allow(atMs: number): boolean {
    this.lastMs = Math.max(this.lastMs, atMs);
    if (this.lastMs - (this.allowedMs[this.next] as number) < this.windowMs) return false;
    this.allowedMs[this.next] = this.lastMs;
    this.next = (this.next + 1) % this.allowedMs.length;
    return true;
  }
}
