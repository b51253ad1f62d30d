import type { Host } from '../../hosts/index.js';
import type { FlowChannel } from './flow-channel.js';
import type { FlowPair } from './flow-pair.js';
import type { FlowSeat } from './flow-seat.js';
import type { FlowStream } from './flow-stream.js';
import type { FlowParts } from './options.js';
import { capacityKbps } from './server-flow.js';

/** The reports that end an interval: receivers tell senders, which adapt; clients tell the ears what their links carried. */
export class FlowReports {
  private readonly everyUs: number;
  // of one client, used again
  private readonly talking: FlowStream[] = [];
  private readonly silent: FlowStream[] = [];

  constructor(
    private readonly parts: FlowParts,
    private readonly channel: FlowChannel,
  ) {
    this.everyUs = parts.options.reportEveryMs * 1000;
  }

  /** Of all members, at the end of an interval. */
  tell(atUs: number): void {
    for (const seat of this.channel.seats) if (seat !== null) this.receive(seat, atUs / 1000);
    for (const seat of this.channel.seats) if (seat !== null) this.tellEars(seat, atUs);
  }

  private receive(seat: FlowSeat, atMs: number): void {
    const { talking, silent } = this;
    talking.length = silent.length = 0;
    for (const pair of seat.pairs) {
      if (!pair) continue;
      const { p2p, sfu } = pair;
      if (p2p !== null && p2p.goneSince < 0) this.reportToPeer(pair, p2p, atMs);
      if (sfu === null || sfu.goneSince >= 0) continue;
      if (sfu.spokenSince > 0) talking.push(sfu);
      else if (sfu.selection!.layer !== 'h') silent.push(sfu);
    }
    const { transport } = seat;
    if (transport === null) return;
    talking.sort((a, b) => b.spokenSince - a.spokenSince);
    transport.report(atMs, this.rttMs(seat, transport.node), talking, silent);
    seat.upEstimateKbps += transport.uplink.estimateKbps;
    for (const stream of talking) stream.spokenSince = 0;
  }

  private reportToPeer({ listener, talker }: FlowPair, stream: FlowStream, atMs: number): void {
    const uplink = stream.uplink!;
    uplink.onLossReport({ atMs, lossShare: stream.loss.take(), rttMs: this.rttMs(listener, talker.member.host) });
    talker.upEstimateKbps += uplink.estimateKbps;
  }

  /** There and back, without queues, in ms. */
  private rttMs({ endpoint }: FlowSeat, peer: Host): number {
    const { network } = this.parts;
    const other = network.endpoint(peer);
    const linksUs = endpoint.up.delayUs + endpoint.down.delayUs + other.up.delayUs + other.down.delayUs;
    return (linksUs + 2 * network.backboneUs(endpoint, other)) / 1000;
  }

  private tellEars(seat: FlowSeat, atUs: number): void {
    const { ears } = this.parts;
    const { upBytes, downBytes, upEstimateKbps, transport } = seat;
    const bits = 8_000 / this.everyUs;
    if (upBytes > 0) ears.carried('up', upBytes * bits, this.everyUs / 1e6);
    if (downBytes > 0) ears.carried('down', downBytes * bits, this.everyUs / 1e6);
    seat.upBytes = seat.downBytes = seat.upEstimateKbps = 0;
    if (seat.charted === false) return;
    if (upEstimateKbps > 0) this.chart(seat, 'up', atUs, upEstimateKbps);
    if (transport !== null) this.chart(seat, 'down', atUs, transport.downlink.estimateKbps);
  }

  /** Ears draw the estimates of some hundred links only: the others are not told. */
  private chart(seat: FlowSeat, direction: 'up' | 'down', atUs: number, estimateKbps: number): void {
    const { ears } = this.parts;
    const link = seat.endpoint[direction];
    const charts = ears.estimates.size;
    ears.estimate(seat.member.host.id, direction, atUs, estimateKbps, capacityKbps(link, atUs - this.everyUs, atUs));
    seat.charted ??= ears.estimates.size > charts;
  }
}
