import type { Host } from '../../hosts/index.js';
import type { Choices } from '../../kernel/index.js';
import { type AccessLink, type Endpoint, type Network, OPPORTUNITY_BYTES } from '../../net/index.js';
import type { NodeMachine } from '../../sfu/capacity/index.js';
import { FluidQueue } from './fluid-queue.js';
import type { FrameMask } from './frame-mask.js';
import { LinkFlow } from './link-flow.js';
import type { Track } from './track.js';

/** From the socket to the router and back, and one copy on one core, in microseconds; as in the packet fidelity. */
const WAKE_US = 200;
const COPY_US = 13.3;

/** One direction of a server's card, shared by all channels. */
export class ServerDirection {
  readonly queue = new FluidQueue();
  private readonly link: LinkFlow;
  private bytes = 0;
  private packets = 0;
  private begunFrame = -1;
  private begunFrames = 0;

  constructor(
    private readonly choices: Choices,
    private readonly label: string,
    private readonly accessLink: () => AccessLink,
  ) {
    this.link = new LinkFlow(choices, label);
  }

  /** An interval of a channel. What the card does to bursts is drawn for each channel anew. */
  begin(startFrame: number, frames: number): void {
    if (startFrame === this.begunFrame && frames === this.begunFrames) return;
    this.begunFrame = startFrame;
    this.begunFrames = frames;
    this.link.begin(this.accessLink(), startFrame, frames, 1);
  }

  /** All packets of an interval pass alike: none is lost, and all take equally long. */
  get even(): boolean {
    return this.queue.lossShare === 0 && this.link.steady && !this.link.lossy;
  }

  /** What that makes of a stream; each of its copies is to be {@link count}ed. */
  delay(track: Track): void {
    track.wait(this.queue.waitUs);
    track.wait(this.link.delayUs);
  }

  /** Packets pass of which all is known. */
  count(packets: number, packetBytes: number): void {
    this.bytes += packetBytes * packets;
    this.packets += packets;
  }

  /** Packets of one stream pass. */
  pass(track: Track, sent: FrameMask, packets: number): void {
    this.bytes += track.bytes * packets;
    this.packets += packets;
    const { lossShare, waitUs } = this.queue;
    if (lossShare > 0) track.thin(this.choices.stream(this.label), lossShare);
    track.wait(waitUs);
    track.through(this.link, sent, Number.NEGATIVE_INFINITY, 1);
  }

  /** @returns bytes of the interval */
  endInterval(fromUs: number, untilUs: number): number {
    const link = this.accessLink();
    const { bytes } = this;
    this.queue.offer({
      bytes: this.bytes,
      packetBytes: this.packets > 0 ? this.bytes / this.packets : 0,
      durationUs: untilUs - fromUs,
      rateKbps: capacityKbps(link, fromUs, untilUs) ?? Number.POSITIVE_INFINITY,
      queueMs: link.queueMs,
    });
    this.bytes = this.packets = 0;
    return bytes;
  }
}

/**
 * An SFU node or a TURN server, which carries the voice of many channels at once: its card in both directions, and the core that
 * forwards. What its queues do follows from the load of the interval before: wait and loss of a server are one interval late.
 */
export class ServerFlow {
  readonly endpoint: Endpoint;
  readonly up: ServerDirection;
  readonly down: ServerDirection;
  private coreUs = WAKE_US;
  /** Copies sent in the last interval. */
  forwarded = 0;
  private readonly core = new FluidQueue();
  private copies = 0;
  private packets = 0;

  constructor(
    private readonly choices: Choices,
    network: Network,
    readonly host: Host,
    /** What an SFU node runs on; null: one core, and nobody counts. */
    readonly machine: NodeMachine | null = null,
  ) {
    this.endpoint = network.endpoint(host);
    this.up = new ServerDirection(choices, `flow/${host.id}/up`, () => this.endpoint.up);
    this.down = new ServerDirection(choices, `flow/${host.id}/down`, () => this.endpoint.down);
  }

  /** Time that a packet spends inside, on average, in microseconds. */
  get forwardingUs(): number {
    return this.machine?.delayUs ?? this.coreUs;
  }

  /** Packets that have arrived find no room to wait. */
  lose(track: Track): void {
    const share = this.machine?.lossShare ?? 0;
    if (share > 0) track.thin(this.choices.stream(`flow/${this.host.id}/core`), share);
  }

  /** Packets arrive that will be sent on. */
  take(packets: number): void {
    this.packets += packets;
  }

  /** Copies of them are sent. */
  forward(copies: number): void {
    this.copies += copies;
  }

  /** An interval has ended. @returns bytes of voice that have left */
  endInterval(fromUs: number, untilUs: number): number {
    const sent = this.up.endInterval(fromUs, untilUs);
    this.down.endInterval(fromUs, untilUs);
    const busyUs = this.copies * COPY_US;
    const meanUs = this.packets > 0 ? busyUs / this.packets : 0;
    // a core does a microsecond of work in a microsecond
    this.core.offer({
      bytes: busyUs,
      packetBytes: meanUs,
      durationUs: untilUs - fromUs,
      rateKbps: 8_000,
      queueMs: null,
    });
    this.coreUs = WAKE_US + meanUs / 2 + this.core.waitUs;
    this.forwarded = this.copies;
    this.packets = this.copies = 0;
    return sent;
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
