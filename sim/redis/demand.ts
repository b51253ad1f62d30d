/** Since when somebody waits for Redis, over all clients of all backends. Costs an assignment a command. */
export class Demand {
  private sinceUs: number | null = null;

  /** A client was given a command. */
  wanted(atUs: number): void {
    this.sinceUs ??= atUs;
  }

  /** The primary executes a command, or the run is over. @returns how long somebody has waited, in microseconds */
  met(atUs: number): number {
    const waitedUs = this.sinceUs === null ? 0 : atUs - this.sinceUs;
    this.sinceUs = null;
    return waitedUs;
  }
}
