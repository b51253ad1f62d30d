import { EPOCH_MS } from '../kernel/index.js';

/** How wrong a host's clock is. */
export interface HostClockOptions {
  /** How far the clock is ahead of true time at virtual time 0, in milliseconds. Default 0. */
  readonly offsetMs?: number;
  /** How much faster than true time it runs, in parts per million; negative is slower. Default 0. */
  readonly driftPpm?: number;
}

/** A wall clock that may be off, run fast or slow, and jump. Timers follow its drift, never its jumps (they are monotonic). */
export class HostClock {
  private offsetMs: number;
  private driftPpm: number;

  constructor(options: HostClockOptions = {}) {
    this.offsetMs = options.offsetMs ?? 0;
    this.driftPpm = options.driftPpm ?? 0;
  }

  /** Reading at a virtual time, in whole milliseconds since the Unix epoch (as `Date.now()` answers). */
  readMs(nowUs: number): number {
    const elapsedMs = nowUs / 1000;
    return Math.floor(EPOCH_MS + elapsedMs + this.offsetMs + elapsedMs * this.driftPpm * 1e-6);
  }

  /** Steps the clock, as an operator or NTP does. */
  jump(deltaMs: number): void {
    this.offsetMs += deltaMs;
  }

  /** Changes the drift from now on; the reading itself does not step. */
  setDrift(driftPpm: number, nowUs: number): void {
    this.offsetMs += (nowUs / 1000) * (this.driftPpm - driftPpm) * 1e-6;
    this.driftPpm = driftPpm;
  }

  /** True duration of what this clock measures as `durationUs`, in microseconds. */
  trueDurationUs(durationUs: number): number {
    return this.driftPpm === 0 ? durationUs : durationUs / (1 + this.driftPpm * 1e-6);
  }
}
