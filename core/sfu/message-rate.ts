/**
 * At most so many messages in any window of time (B9): exact, because it remembers when each of the last ones was allowed. What is refused
 * does not count.
 */
export class MessageRate {
  /** When the last ones were allowed: a list until there are as many as the limit, then a ring of which `next` is the oldest. */
  protected readonly allowedMs: number[] = [];
  protected next = 0;
  protected lastMs = Number.NEGATIVE_INFINITY;

  constructor(
    protected readonly limit: number,
    protected readonly windowMs: number,
  ) {}

  /** Whether one more is allowed now. @param atMs what goes back is taken as now */
  allow(atMs: number): boolean {
    this.lastMs = Math.max(this.lastMs, atMs);
    if (this.allowedMs.length < this.limit) {
      this.allowedMs.push(this.lastMs);
      return true;
    }
    if (this.lastMs - (this.allowedMs[this.next] as number) < this.windowMs) return false;
    this.allowedMs[this.next] = this.lastMs;
    this.next = (this.next + 1) % this.limit;
    return true;
  }
}
