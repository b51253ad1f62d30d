import { LAYER_NAMES, type LayerName } from '../../../core/media/layers.js';
import type { Encodings } from '../../../core/media/uplink-controller.js';
import type { ChoiceStream } from '../../kernel/index.js';
import { runLength } from './burst-chain.js';
import type { FlowChannel } from './flow-channel.js';
import type { FlowPair } from './flow-pair.js';
import type { FlowSeat } from './flow-seat.js';
import type { FlowStream } from './flow-stream.js';
import type { LossCount } from './loss-count.js';
import { CALM_LOSS, type FlowParts } from './options.js';
import { Fate } from './report-delivery.js';
import { capacityKbps } from './server-flow.js';
import type { SfuTransport } from './sfu-transport.js';

/** Opus DTX. */
const COMFORT_EVERY_MS = 400;

/** The reports that end an interval: receivers tell senders, which adapt; clients tell the ears what their links carried. */
export class FlowReports {
  private readonly everyUs: number;
  /** Packets of comfort noise of one encoding in an interval, and encodings that go to an SFU. */
  private readonly comfort: number;
  private readonly encodings: number;
  /** Receiver reports say how many packets have been lost since the beginning: what one would have told, the next one tells. */
  private readonly accumulates: boolean;
  /** Somebody sends or gets less than the best. */
  private anyLow = false;

  constructor(
    private readonly parts: FlowParts,
    private readonly channel: FlowChannel,
    private readonly stream: ChoiceStream,
  ) {
    this.everyUs = parts.options.reportEveryMs * 1000;
    this.comfort = parts.options.reportEveryMs / COMFORT_EVERY_MS;
    this.encodings = parts.options.codec.simulcast ? LAYER_NAMES.length : 1;
    this.accumulates = !parts.options.codec.extensions;
  }

  /** Of all members, at the end of an interval. */
  tell(atUs: number): void {
    const wasLow = this.anyLow;
    this.anyLow = false;
    for (const seat of this.channel.seats) if (seat !== null) this.hearOfUplink(seat, atUs);
    for (const seat of this.channel.seats) if (seat !== null) this.receive(seat, atUs);
    if (this.anyLow || wasLow) this.noteLayers(atUs);
    for (const seat of this.channel.seats) if (seat !== null) this.tellEars(seat, atUs);
  }

  /** The node reports; those who listen are told what is sent from now on. */
  private hearOfUplink(seat: FlowSeat, atUs: number): void {
    const { transport } = seat;
    if (transport === null) return;
    if (transport.isLow || !seat.upIsCalm) {
      const packets = Math.round(this.comfort * this.encodings);
      transport.countUp(packets, this.lossOf(packets, seat.up.lossShareAt(seat.endpoint.up, atUs)));
    }
    if (!this.nodeIsHeard(transport, seat, atUs) || !transport.mayReportUp) return;
    const changed = transport.reportUp(atUs / 1000);
    if (!changed) return;
    this.channel.rtcp.look(seat, this.channel.seats);
    const { offered } = transport;
    if (offered.length === 0) return;
    for (const pair of seat.heardBy) {
      if (pair?.sfu) pair.listener.transport?.offer(pair.sfu, offered, atUs / 1000);
    }
  }

  private receive(seat: FlowSeat, atUs: number): void {
    const { transport } = seat;
    if (seat.mayReport(atUs)) {
      if (seat.peerCount > 0) for (const pair of seat.peers) this.reportToPeer(pair, atUs);
      if (transport !== null) this.reportToNode(seat, transport, atUs);
    }
    if (transport === null) return;
    if (transport.isLow) this.anyLow = true;
    if (seat.charted !== false) seat.upEstimateKbps += transport.uplink.estimateKbps;
  }

  private reportToNode(seat: FlowSeat, transport: SfuTransport, atUs: number): void {
    if (transport.isLow || !seat.downIsCalm) {
      const packets = Math.round(this.comfort * seat.voicesIn);
      transport.countDown(packets, this.lossOf(packets, seat.down.lossShareAt(seat.downLink, atUs)));
    }
    if (this.clientIsHeard(transport, seat, atUs) && transport.mayReportDown) transport.reportDown(atUs / 1000);
  }

  /** Whether the node's report of this interval has arrived. Where nothing is lost that matters, it has. */
  private nodeIsHeard(transport: SfuTransport, seat: FlowSeat, atUs: number): boolean {
    if (transport.upFate === Fate.unknown && !transport.isLow && seat.upIsCalm && seat.downIsCalm) return true;
    if (transport.nothingCameUp) return false;
    const arrived = this.channel.delivery.toClient(transport, seat, atUs);
    transport.upFate = Fate.unknown;
    if (arrived || !this.accumulates) transport.learnUp(arrived);
    return arrived;
  }

  /** The same for the client's. */
  private clientIsHeard(transport: SfuTransport, seat: FlowSeat, atUs: number): boolean {
    if (transport.downFate === Fate.unknown && !transport.isLow && seat.upIsCalm && seat.downIsCalm) return true;
    if (transport.nothingCameDown) return false;
    const arrived = this.channel.delivery.toNode(transport, seat, atUs);
    transport.downFate = Fate.unknown;
    if (arrived || !this.accumulates) transport.learnDown(arrived);
    return arrived;
  }

  private reportToPeer({ p2p, talker, listener }: FlowPair, atUs: number): void {
    const atMs = atUs / 1000;
    if (p2p === null || p2p.goneSince >= 0) return;
    const best = p2p.wanted === 0;
    if (!best || !talker.upIsCalm || !listener.downIsCalm) {
      const packets = Math.round(this.comfort);
      const share =
        talker.up.lossShareAt(talker.endpoint.up, atUs) + listener.down.lossShareAt(listener.downLink, atUs);
      p2p.loss!.add(packets, this.lossOf(packets, share));
    }
    if (this.peerIsHeard(p2p, listener, talker, atUs) && p2p.loss!.enough) {
      const lossShare = p2p.loss!.take();
      const allowed = talker.allowance.highestLayer === 'h';
      if (!best || !allowed || !p2p.full || lossShare > CALM_LOSS) {
        p2p.uplink!.onLossReport({ atMs, lossShare, rttMs: p2p.rttMs });
        p2p.lookAtUplink();
      }
    }
    if (p2p.wanted > 0) this.anyLow = true;
    if (talker.charted !== false) talker.upEstimateKbps += p2p.uplink!.estimateKbps;
  }

  /** The same for the report of one who listens to a peer. */
  private peerIsHeard(copy: FlowStream, listener: FlowSeat, talker: FlowSeat, atUs: number): boolean {
    const calm = talker.upIsCalm && talker.downIsCalm && listener.upIsCalm && listener.downIsCalm;
    if (copy.fate === Fate.unknown && copy.full && copy.wanted === 0 && calm) return true;
    const loss = copy.loss as LossCount;
    if (loss.nothingCame) return false;
    const arrived = this.channel.delivery.toPeer(copy, listener, talker, atUs);
    copy.fate = Fate.unknown;
    if (arrived) loss.know();
    else if (!this.accumulates) loss.forget();
    return arrived;
  }

  /**
   * Comfort noise is reported on like speech: it brings quality back in a silence, or takes it down on a lossy link. Where neither can be, it makes
   * no difference, and is left out.
   */
  private lossOf(packets: number, lossShare: number): number {
    let lost = 0;
    for (let next = runLength(this.stream, lossShare); next <= packets; next += runLength(this.stream, lossShare))
      lost++;
    return lost;
  }

  /** Layers change with the reports, whether anybody talks or not. */
  private noteLayers(atUs: number): void {
    for (const talker of this.channel.seats) {
      if (talker === null || talker.heardBy.length === 0) continue;
      const encodings = talker.transport?.uplink.encodings ?? null;
      for (const pair of talker.heardBy) {
        if (!pair) continue;
        const wanted = pair.sfu?.wanted ?? -1;
        pair.noteLayer(wanted < 0 || encodings === null ? -1 : encodingFor(encodings, wanted), atUs);
      }
    }
  }

  private tellEars(seat: FlowSeat, atUs: number): void {
    const { ears } = this.parts;
    const { upBytes, downBytes, upKbps } = seat;
    const bits = 8_000 / this.everyUs;
    if (upBytes > 0) {
      const capacity = upKbps >= 0 ? upKbps : capacityKbps(seat.endpoint.up, atUs - this.everyUs, atUs);
      ears.carried('up', upBytes * bits, this.everyUs / 1e6, capacity);
    }
    if (downBytes > 0) ears.carried('down', downBytes * bits, this.everyUs / 1e6);
    seat.upBytes = seat.downBytes = 0;
    if (seat.charted === false) return;
    const { upEstimateKbps, transport } = seat;
    seat.upEstimateKbps = 0;
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

/** Index of the best encoding sent that is no better than the one wanted, or of the worst of all; -1: none is sent. */
function encodingFor(encodings: Encodings, wanted: number): number {
  let worst = -1;
  for (let index = 0; index < LAYER_NAMES.length; index++) {
    if (!encodings[LAYER_NAMES[index] as LayerName]) continue;
    if (index >= wanted) return index;
    worst = index;
  }
  return worst;
}
