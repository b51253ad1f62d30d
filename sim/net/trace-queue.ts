import { type LinkQueue, QUEUE_FULL, type QueueLimit } from './link-queue.js';
import { type CapacityTrace, OPPORTUNITY_BYTES } from './mahimahi.js';

/**
 * A queue that empties by a capacity trace. A packet leaves at the opportunity that carries its last byte; what is left of an
 * opportunity goes to the next packet if that was already waiting, and is lost otherwise (as in mahimahi).
 */
export class TraceQueue implements LinkQueue {
  /** Opportunity in use: index within the trace, and start of the present repetition. */
  private index = -1;
  private cycleStartMs = 0;
  private leftBytes = 0;
  private lastExitUs = 0;
  /** Bytes and exit times of what is in the queue; only kept for a limit in bytes. */
  private readonly queued: { bytes: number; exitUs: number }[] = [];
  private queuedHead = 0;
  private queuedBytes = 0;

  constructor(
    private readonly trace: CapacityTrace,
    private readonly limit: QueueLimit,
  ) {}

  offer(nowUs: number, bytes: number, patient: boolean): number {
    this.forget(nowUs);
    if (!patient && this.lastExitUs > nowUs) {
      const { queueMs, queueBytes } = this.limit;
      if (queueMs !== null && this.lastExitUs - nowUs > queueMs * 1000) return QUEUE_FULL;
      if (queueBytes !== null && this.queuedBytes + bytes > queueBytes) return QUEUE_FULL;
    }
    if (this.index < 0 || this.timeMs() * 1000 < nowUs) this.seek(nowUs / 1000);
    let needBytes = bytes;
    while (needBytes > this.leftBytes) {
      needBytes -= this.leftBytes;
      this.advance();
    }
    this.leftBytes -= needBytes;
    this.lastExitUs = this.timeMs() * 1000;
    if (this.limit.queueBytes !== null) {
      this.queued.push({ bytes, exitUs: this.lastExitUs });
      this.queuedBytes += bytes;
    }
    return this.lastExitUs;
  }

  private timeMs(): number {
    return this.cycleStartMs + (this.trace.opportunitiesMs[this.index] as number);
  }

  private advance(): void {
    this.index++;
    this.leftBytes = OPPORTUNITY_BYTES;
    if (this.index < this.trace.opportunitiesMs.length) return;
    this.index = 0;
    this.cycleStartMs += this.trace.periodMs;
  }

  /** Goes to the first opportunity at or after a time, in ms, never back. */
  private seek(timeMs: number): void {
    const { opportunitiesMs, periodMs } = this.trace;
    const cycleStartMs = Math.floor(timeMs / periodMs) * periodMs;
    const withinMs = timeMs - cycleStartMs;
    let low = 0;
    let high = opportunitiesMs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((opportunitiesMs[middle] as number) < withinMs) low = middle + 1;
      else high = middle;
    }
    this.cycleStartMs = cycleStartMs;
    this.index = low - 1;
    this.advance();
  }

  private forget(nowUs: number): void {
    while (this.queuedHead < this.queued.length) {
      const first = this.queued[this.queuedHead] as { bytes: number; exitUs: number };
      if (first.exitUs > nowUs) break;
      this.queuedBytes -= first.bytes;
      this.queuedHead++;
    }
    if (this.queuedHead > 64 && this.queuedHead * 2 > this.queued.length) {
      this.queued.splice(0, this.queuedHead);
      this.queuedHead = 0;
    }
  }
}
