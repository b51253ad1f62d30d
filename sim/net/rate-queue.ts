import { type LinkQueue, QUEUE_FULL, type QueueLimit } from './link-queue.js';
import type { RatePlan } from './rate-plan.js';

/**
 * Serialisation: a packet occupies the link for bytes x 8 / rate. What is in the queue when the rate changes goes on at the new one. State
 * is one number.
 */
export class RateQueue implements LinkQueue {
  private freeAtUs = 0;

  constructor(
    private readonly plan: RatePlan,
    private readonly limit: QueueLimit,
  ) {}

  offer(nowUs: number, bytes: number, patient: boolean): number {
    const waitUs = this.freeAtUs - nowUs;
    if (waitUs > 0 && !patient) {
      const { queueMs, queueBytes } = this.limit;
      if (queueMs !== null && this.plan.waitUs(nowUs, this.freeAtUs) > queueMs * 1000) return QUEUE_FULL;
      if (queueBytes !== null && this.plan.bytesBetween(nowUs, this.freeAtUs) + bytes > queueBytes) return QUEUE_FULL;
    }
    this.freeAtUs = this.plan.endUs(waitUs > 0 ? this.freeAtUs : nowUs, bytes);
    return this.freeAtUs;
  }
}
