import type { FlowChannel } from './flow-channel.js';
import type { FlowPair } from './flow-pair.js';
import type { FlowSeat } from './flow-seat.js';
import { CALM_LOSS, type FlowParts, PEER_LIMITS } from './options.js';
import { capacityKbps } from './server-flow.js';

/** Opus DTX. */
const COMFORT_EVERY_MS = 400;

/** The reports that end an interval: receivers tell senders, which adapt; clients tell the ears what their links carried. */
export class FlowReports {
  private readonly everyUs: number;
  /** Packets of comfort noise in an interval: where quality has to come back, those count too. */
  private readonly comfort: number;

  constructor(
    private readonly parts: FlowParts,
    private readonly channel: FlowChannel,
  ) {
    this.everyUs = parts.options.reportEveryMs * 1000;
    this.comfort = parts.options.reportEveryMs / COMFORT_EVERY_MS;
  }

  /** Of all members, at the end of an interval. */
  tell(atUs: number): void {
    for (const seat of this.channel.seats) if (seat !== null) this.receive(seat, atUs / 1000);
    for (const seat of this.channel.seats) if (seat !== null) this.tellEars(seat, atUs);
  }

  private receive(seat: FlowSeat, atMs: number): void {
    for (const pair of seat.peers) this.reportToPeer(pair, atMs);
    const { transport } = seat;
    if (transport === null) return;
    if (transport.isLow) {
      transport.up.add(this.comfort, this.comfort * seat.up.lossShare);
      transport.down.add(this.comfort * seat.voicesIn, this.comfort * seat.voicesIn * seat.down.lossShare);
    }
    transport.report(atMs);
    if (seat.charted !== false) seat.upEstimateKbps += transport.uplink.estimateKbps;
  }

  private reportToPeer({ p2p, talker, listener }: FlowPair, atMs: number): void {
    if (p2p === null || p2p.goneSince >= 0) return;
    const uplink = p2p.uplink!;
    const best = uplink.layer === 'h';
    if (!best) p2p.loss.add(this.comfort, this.comfort * (talker.up.lossShare + listener.down.lossShare));
    if (p2p.loss.enough) {
      const lossShare = p2p.loss.take();
      const calm = best && lossShare <= CALM_LOSS && uplink.estimateKbps >= PEER_LIMITS.maxKbps;
      if (!calm) uplink.onLossReport({ atMs, lossShare, rttMs: p2p.rttMs });
    }
    if (talker.charted !== false) talker.upEstimateKbps += uplink.estimateKbps;
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
