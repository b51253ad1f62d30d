import { ArrivalRecorder } from '../../../core/media/arrival-recorder.js';
import type { LossReport, PacketFeedback } from '../../../core/media/bandwidth-estimator.js';
import { ReceiverStatistics } from '../../../core/media/receiver-statistics.js';
import type { ReportBlock, SenderReport } from '../../../core/media/rtcp.js';
import { SenderStatistics } from '../../../core/media/sender-statistics.js';
import { SentHistory } from '../../../core/media/sent-history.js';
import type { RtcpRecord, UninterpretedPacket } from '../../../core/media/wire/index.js';
import type { Host } from '../../hosts/index.js';
import type { MediaPacket, MediaReceiver } from '../../net/index.js';
import { LossMeter } from './loss-meter.js';
import type { PlaneParts } from './plane-parts.js';

type OwnRecord = Exclude<RtcpRecord, UninterpretedPacket>;

/** IPv4 20 + UDP 8 + SRTCP index 4 and tag 10 (RFC 3711, section 3.4). */
export const RTCP_OVERHEAD_BYTES = 42;
/** A receiver without transport-wide feedback that loses more than this says how much gets through (REMB), if there was enough to judge. */
const REMB_LOSS = 0.1;
const REMB_PACKETS = 25;

/** What becomes of what arrives at a {@link TransportEnd}. */
export interface TransportUser {
  /** A packet of voice that belongs to an expected stream. */
  voiceArrived(packet: MediaPacket): void;
  /** Loss of what is sent from here to the other end, over all streams, whenever enough packets have been told of. */
  lossReported(report: LossReport): void;
  feedbackArrived(nowMs: number, packets: readonly PacketFeedback[]): void;
  estimateArrived(nowMs: number, kbps: number): void;
  senderReported(report: SenderReport): void;
  /** The other end has stopped sending these streams. */
  sourcesEnded(ssrcs: readonly number[]): void;
  /** All of a datagram of RTCP has been read. */
  rtcpRead(nowMs: number): void;
  /** Puts a packet on its way. It belongs to the network from then on. */
  dispatch(packet: MediaPacket): void;
}

/** One end of a media transport (one DTLS association): statistics of its streams, transport-wide numbers, RTCP as real bytes. */
export class TransportEnd implements MediaReceiver {
  /** The other end. */
  peer: TransportEnd | null = null;
  closed = false;
  bytesSent = 0;
  bytesReceived = 0;
  private readonly history: SentHistory | null;
  private readonly arrivals: ArrivalRecorder | null;
  private readonly receptions = new Map<number, ReceiverStatistics>();
  private readonly senders = new Map<number, { readonly statistics: SenderStatistics; reportedPackets: number }>();
  private readonly losses: LossMeter;
  private intervalPackets = 0;
  private intervalLost = 0;
  private intervalBytes = 0;
  private intervalStartMs: number;
  private mixed = 0;

  /**
   * @param ssrc of the RTCP of this end
   * @param cname of who sends here (RFC 3550, section 6.5.1)
   */
  constructor(
    private readonly parts: PlaneParts,
    readonly host: Host,
    private readonly user: TransportUser,
    private readonly ssrc: number,
    private readonly cname: string,
  ) {
    const { extensions } = parts.options.codec;
    this.history = extensions ? new SentHistory() : null;
    this.losses = new LossMeter(extensions);
    this.arrivals = extensions ? new ArrivalRecorder({ senderSsrc: ssrc, mediaSsrc: ssrc }) : null;
    this.intervalStartMs = parts.sim.nowUs / 1000;
  }

  /** Checksum of everything that has arrived here. */
  get digest(): number {
    return this.mixed;
  }

  /** A stream of this SSRC will be sent from here. */
  sends(ssrc: number): SenderStatistics {
    const statistics = new SenderStatistics(ssrc);
    this.senders.set(ssrc, { statistics, reportedPackets: 0 });
    return statistics;
  }

  /** A stream of this SSRC will arrive here; others are ignored. */
  expects(ssrc: number): ReceiverStatistics {
    const statistics = new ReceiverStatistics(ssrc);
    this.receptions.set(ssrc, statistics);
    return statistics;
  }

  /** A stream has ended. */
  forget(ssrc: number): void {
    this.receptions.delete(ssrc);
    this.senders.delete(ssrc);
    this.losses.forget(ssrc);
  }

  /** Sends a packet of voice to the other end. */
  send(packet: MediaPacket, nowMs: number): void {
    packet.transportSequence = this.history === null ? -1 : this.history.onSent(nowMs, packet.bytes);
    this.bytesSent += packet.bytes;
    this.user.dispatch(packet);
  }

  onMedia(packet: MediaPacket): void {
    if (this.closed) return;
    const { nowUs } = this.parts.sim;
    const nowMs = nowUs / 1000;
    this.bytesReceived += packet.bytes;
    this.mixed = Math.imul(this.mixed ^ nowUs ^ (packet.sequenceNumber << 16) ^ packet.bytes, 0x5bd1e995);
    this.mixed ^= this.mixed >>> 13;
    if (packet.rtcp !== null) {
      this.readRtcp(packet.rtcp, nowMs);
      return;
    }
    const reception = this.receptions.get(packet.ssrc);
    if (reception === undefined) return;
    if (packet.transportSequence >= 0) this.arrivals?.onPacket(packet.transportSequence, nowMs);
    reception.onPacket(packet, packet.payloadBytes, nowMs);
    this.intervalPackets++;
    this.intervalBytes += packet.bytes;
    this.user.voiceArrived(packet);
  }

  /** Sends the reports of an interval: sender and receiver reports, transport-wide feedback or REMB. Nothing when there is nothing to say. */
  report(): void {
    const nowMs = this.parts.sim.nowUs / 1000;
    const records: OwnRecord[] = this.reports(nowMs);
    if (this.arrivals !== null) {
      for (let feedback = this.arrivals.take(); feedback !== null; feedback = this.arrivals.take())
        records.push({ kind: 'transport-feedback', feedback });
    } else this.addRemb(records, nowMs);
    this.intervalPackets = this.intervalBytes = 0;
    this.intervalStartMs = nowMs;
    if (records.length === 0) return;
    for (const bytes of this.parts.wire.encodeRtcp(records)) this.sendRtcp(bytes);
  }

  /** Tells the other end that these streams are not sent any more. */
  sayGoodbye(ssrcs: readonly number[]): void {
    const { ssrc, cname } = this;
    const records: OwnRecord[] = [
      { kind: 'receiver-report', ssrc, blocks: [] },
      { kind: 'description', ssrc, cname },
      { kind: 'goodbye', ssrcs },
    ];
    for (const bytes of this.parts.wire.encodeRtcp(records)) this.sendRtcp(bytes);
  }

  /** Sends bytes as RTCP, whatever they are. */
  sendRtcp(bytes: Uint8Array): void {
    const packet = this.parts.network.packets.take();
    packet.rtcp = bytes;
    packet.ssrc = this.ssrc;
    packet.sequenceNumber = 0;
    packet.transportSequence = -1;
    packet.payloadBytes = bytes.length;
    packet.bytes = bytes.length + RTCP_OVERHEAD_BYTES;
    this.bytesSent += packet.bytes;
    this.parts.statistics.rtcpPackets++;
    this.user.dispatch(packet);
  }

  private reports(nowMs: number): OwnRecord[] {
    let blocks: ReportBlock[] = [];
    this.intervalLost = 0;
    for (const reception of this.receptions.values()) {
      const block = reception.report(nowMs);
      if (block === null) continue;
      blocks.push(block);
      this.intervalLost += block.fractionLost / 256;
    }
    this.intervalLost = blocks.length === 0 ? 0 : this.intervalLost / blocks.length;
    const records: OwnRecord[] = [];
    for (const sender of this.senders.values()) {
      const { statistics } = sender;
      if (statistics.packets === sender.reportedPackets) continue;
      sender.reportedPackets = statistics.packets;
      const report = statistics.report(nowMs);
      if (report === null) continue;
      records.push({ kind: 'sender-report', report, blocks });
      blocks = [];
    }
    if (blocks.length > 0) records.unshift({ kind: 'receiver-report', ssrc: this.ssrc, blocks });
    if (records.length > 0) records.push({ kind: 'description', ssrc: this.ssrc, cname: this.cname });
    return records;
  }

  private addRemb(records: OwnRecord[], nowMs: number): void {
    if (this.intervalPackets < REMB_PACKETS || this.intervalLost <= REMB_LOSS) return;
    const bitsPerSecond = Math.round((this.intervalBytes * 8000) / (nowMs - this.intervalStartMs));
    const ssrcs = [...this.receptions.keys()].slice(0, 255);
    records.push({ kind: 'remb', estimate: { senderSsrc: this.ssrc, bitsPerSecond, ssrcs } });
  }

  private readRtcp(bytes: Uint8Array, nowMs: number): void {
    const { wire, statistics, sim } = this.parts;
    let records: RtcpRecord[];
    try {
      records = wire.decodeRtcp(bytes);
    } catch (error) {
      if (!(error instanceof wire.MalformedPacketError)) throw error;
      statistics.malformedRtcp++;
      sim.trace.record(this.host.id, 'media.malformed', error.message);
      return;
    }
    for (const record of records) this.read(record, nowMs);
    const loss = this.losses.take(nowMs);
    if (loss !== null) this.user.lossReported(loss);
    this.user.rtcpRead(nowMs);
  }

  private read(record: RtcpRecord, nowMs: number): void {
    switch (record.kind) {
      case 'sender-report':
        this.receptions.get(record.report.ssrc)?.onSenderReport(record.report, nowMs);
        this.user.senderReported(record.report);
        this.readBlocks(record.blocks, nowMs);
        return;
      case 'receiver-report':
        this.readBlocks(record.blocks, nowMs);
        return;
      case 'transport-feedback':
        if (this.history !== null) this.takeFeedback(this.history.resolve(record.feedback), nowMs);
        return;
      case 'remb':
        this.user.estimateArrived(nowMs, record.estimate.bitsPerSecond / 1000);
        return;
      case 'goodbye':
        this.user.sourcesEnded(record.ssrcs);
    }
  }

  private takeFeedback(packets: readonly PacketFeedback[], nowMs: number): void {
    this.losses.addFeedback(packets);
    this.user.feedbackArrived(nowMs, packets);
  }

  private readBlocks(blocks: readonly ReportBlock[], nowMs: number): void {
    for (const block of blocks) {
      const sender = this.senders.get(block.ssrc);
      if (sender !== undefined) this.losses.add(sender.statistics, sender.statistics.onReportBlock(block, nowMs));
    }
  }
}
