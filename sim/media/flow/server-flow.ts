import type { Host } from '../../hosts/index.js';
import type { AccessLink, Endpoint, Network } from '../../net/index.js';
import { OPPORTUNITY_BYTES } from '../../net/index.js';
import { FluidQueue } from './fluid-queue.js';

/** One direction of a server's card, shared by all channels. */
class ServerDirection {
  readonly queue = new FluidQueue();
  private bytes = 0;
  private packets = 0;

  carry(bytes: number, packets: number): void {
    this.bytes += bytes;
    this.packets += packets;
  }

  endInterval(link: AccessLink, fromUs: number, untilUs: number): void {
    const packetBytes = this.packets > 0 ? this.bytes / this.packets : 0;
    const rateKbps = capacityKbps(link, fromUs, untilUs) ?? Number.POSITIVE_INFINITY;
    const { queueMs } = link;
    this.queue.offer({ bytes: this.bytes, packetBytes, durationUs: untilUs - fromUs, rateKbps, queueMs });
    this.bytes = this.packets = 0;
  }
}

/**
 * The card of an SFU node or a TURN server, which carries the voice of many channels at once. What its queues do is known from the
 * load of the interval before: so wait and loss of a server are one interval late.
 */
export class ServerFlow {
  readonly endpoint: Endpoint;
  readonly up = new ServerDirection();
  readonly down = new ServerDirection();

  constructor(
    network: Network,
    readonly host: Host,
  ) {
    this.endpoint = network.endpoint(host);
  }

  /** An interval has ended. */
  endInterval(fromUs: number, untilUs: number): void {
    this.up.endInterval(this.endpoint.up, fromUs, untilUs);
    this.down.endInterval(this.endpoint.down, fromUs, untilUs);
  }
}

/** Mean rate of a link over an interval, in kbit/s; null: no limit. */
export function capacityKbps(link: AccessLink, fromUs: number, untilUs: number): number | null {
  if (!link.queued) return null;
  if (link.trace === null) return link.conditionsAt(fromUs).rateKbps;
  const { opportunitiesMs, periodMs } = link.trace;
  const before = (timeUs: number): number => {
    const timeMs = timeUs / 1000;
    const cycles = Math.floor(timeMs / periodMs);
    const withinMs = timeMs - cycles * periodMs;
    let low = 0;
    let high = opportunitiesMs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((opportunitiesMs[middle] as number) <= withinMs) low = middle + 1;
      else high = middle;
    }
    return cycles * opportunitiesMs.length + low;
  };
  return ((before(untilUs) - before(fromUs)) * OPPORTUNITY_BYTES * 8_000) / (untilUs - fromUs);
}
