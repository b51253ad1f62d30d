/**
 * Mean wait of M/D/1 in service times (Pollaczek-Khinchine for constant service): 0.5, 2, 4.5 at a load of 0.5, 0.8, 0.9. Infinite from 1 on.
 * @param load arrivals times service time, 0 or more
 */
export function waitOfMD1(load: number): number {
  return load < 1 ? load / (2 * (1 - load)) : Number.POSITIVE_INFINITY;
}

/** Traffic of one interval at a link, taken as even. */
export interface OfferedLoad {
  readonly bytes: number;
  /** Mean size of a packet. */
  readonly packetBytes: number;
  readonly durationUs: number;
  /** Rate of the link; Infinity: no limit. */
  readonly rateKbps: number;
  /** Longest wait, what comes then is dropped; null: no limit. */
  readonly queueMs: number | null;
}

/**
 * The queue of a link that carries the voice of many, as a fluid: what is above the rate fills the queue, what the queue does not hold is dropped. Bytes
 * offered = served + dropped + growth of the queue. Below saturation packets wait for each other as in M/D/1: many independent
 * streams with a packet each 20 ms are nearly Poisson.
 */
export class FluidQueue {
  backlogBytes = 0;
  servedBytes = 0;
  droppedBytes = 0;
  /** Share of the last interval's bytes that was dropped. */
  lossShare = 0;
  /** Mean wait of the last interval, in microseconds. */
  waitUs = 0;

  offer({ bytes, packetBytes, durationUs, rateKbps, queueMs }: OfferedLoad): void {
    const rate = rateKbps / 8_000;
    if (rate === Number.POSITIVE_INFINITY) {
      this.servedBytes += bytes;
      this.lossShare = this.waitUs = 0;
      return;
    }
    const limit = queueMs === null ? Number.POSITIVE_INFINITY : queueMs * 1000 * rate;
    const growth = bytes / durationUs - rate;
    const before = Math.min(this.backlogBytes, limit);
    const free = before + growth * durationUs;
    const after = Math.min(limit, Math.max(0, free));
    const dropped = Math.max(0, free - limit) + this.backlogBytes - before;
    this.droppedBytes += dropped;
    this.servedBytes += this.backlogBytes + bytes - dropped - after;
    this.backlogBytes = after;
    this.lossShare = bytes > 0 ? Math.min(1, dropped / bytes) : 0;
    // from saturation on the backlog is all there is
    const randomUs = growth < 0 ? Math.min(limit, waitOfMD1(bytes / durationUs / rate) * packetBytes) / rate : 0;
    this.waitUs = Math.max(meanBacklog(before, growth, durationUs, limit) / rate, randomUs);
  }
}

/** Mean of a backlog that changes evenly from `before` on, between 0 and `limit`. */
function meanBacklog(before: number, growth: number, durationUs: number, limit: number): number {
  if (growth === 0) return before;
  const bound = growth > 0 ? limit : 0;
  const changingUs = Math.min(durationUs, (bound - before) / growth);
  const reached = before + growth * changingUs;
  const area = ((before + reached) / 2) * changingUs;
  return changingUs < durationUs ? (area + reached * (durationUs - changingUs)) / durationUs : area / durationUs;
}
