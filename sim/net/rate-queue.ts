import { type LinkQueue, QUEUE_FULL, type QueueLimit } from './link-queue.js';

/** Serialisation at a constant rate: a packet occupies the link for bytes x 8 / rate. State is one number. */
export class RateQueue implements LinkQueue {
  private freeAtUs = 0;

  constructor(
    /** May change while it runs; packets already in the queue keep the time they were given. */
    public rateKbps: number,
    private readonly limit: QueueLimit,
  ) {}

  offer(nowUs: number, bytes: number, patient: boolean): number {
    const waitUs = this.freeAtUs - nowUs;
    if (waitUs > 0 && !patient) {
      const { queueMs, queueBytes } = this.limit;
      if (queueMs !== null && waitUs > queueMs * 1000) return QUEUE_FULL;
      if (queueBytes !== null && (waitUs * this.rateKbps) / 8000 + bytes > queueBytes) return QUEUE_FULL;
    }
    this.freeAtUs = (waitUs > 0 ? this.freeAtUs : nowUs) + (bytes * 8000) / this.rateKbps;
    return this.freeAtUs;
  }
}
