import type { Clock } from '../../../core/ports.js';

/** A callback that is due at a time. */
export interface Timer {
  readonly atUs: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/** Fake timers: a clock that goes from one timer to the next when it is told to, in order of time. */
export class VirtualTime implements Clock {
  nowUs = 0;
  /** Latest first. */
  private readonly timers: Timer[] = [];

  nowMs(): number {
    return Math.floor(this.nowUs / 1_000);
  }

  /** Timers of the same time fire in the order in which they were set. */
  after(delayUs: number, callback: () => void): Timer {
    const timer = { atUs: this.nowUs + Math.max(0, Math.round(delayUs)), callback, cancelled: false };
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timers[middle]!.atUs <= timer.atUs) high = middle;
      else low = middle + 1;
    }
    this.timers.splice(low, 0, timer);
    return timer;
  }

  /** When the next timer is due; Infinity when there is none. */
  get nextUs(): number {
    while (this.timers.at(-1)?.cancelled === true) this.timers.pop();
    return this.timers.at(-1)?.atUs ?? Number.POSITIVE_INFINITY;
  }

  /** Goes to the next timer and fires it. @returns false when there is none */
  advance(): boolean {
    if (this.nextUs === Number.POSITIVE_INFINITY) return false;
    const timer = this.timers.pop()!;
    this.nowUs = timer.atUs;
    timer.callback();
    return true;
  }
}
