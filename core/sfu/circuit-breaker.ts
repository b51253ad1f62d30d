/** Numbers of a {@link CircuitBreaker}. */
export interface CircuitBreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** It stays open so long before it is tried again. Unit: ms. */
  readonly openMs: number;
}

/**
 * Keeps calls away from something that fails (Nygard, "Release It!"). *Closed*: calls go through. After some failures in a row
 * *open*: none do. Later *half-open*: one call goes through as a trial; its success closes the breaker, its failure opens it again. A trial of
 * which nothing is heard counts as failed after `openMs`.
 */
export class CircuitBreaker {
  protected failures = 0;
  /** When it opened, or when the present trial began; null: closed. */
  protected sinceMs: number | null = null;

  constructor(protected readonly options: CircuitBreakerOptions) {}

  state(atMs: number): 'closed' | 'open' | 'half-open' {
    if (this.sinceMs === null) return 'closed';
    return atMs - this.sinceMs < this.options.openMs ? 'open' : 'half-open';
  }

  /** Whether a call may be made now. Whoever is allowed reports `succeeded` or `failed`. */
  allows(atMs: number): boolean {
    const state = this.state(atMs);
    if (state === 'half-open') this.sinceMs = atMs;
    return state !== 'open';
  }

  succeeded(): void {
    this.failures = 0;
    this.sinceMs = null;
  }

  failed(atMs: number): void {
    this.failures++;
    if (this.failures >= this.options.failures) this.sinceMs = atMs;
  }
}
