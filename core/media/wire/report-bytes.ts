import {
  RtcpReceiverInfo,
  RtcpRrPacket,
  RtcpSenderInfo,
  RtcpSourceDescriptionPacket,
  RtcpSrPacket,
  SourceDescriptionChunk,
  SourceDescriptionItem,
} from 'werift';
import type { ReportBlock, SenderReport } from '../rtcp.js';
import type { RtcpRecord } from './rtcp-record.js';

/** Blocks that a report has room for (5 bits). */
const BLOCKS_MAX = 31;
const BLOCK_BYTES = 24;
const SENDER_INFO_BYTES = 24;
const CNAME = 1;

/** A sender report; blocks beyond the 31st go into receiver reports after it (RFC 3550, section 6.4.2). */
export function senderReportBytes(report: SenderReport, blocks: readonly ReportBlock[]): Buffer[] {
  const senderInfo = new RtcpSenderInfo({
    ntpTimestamp: (BigInt(report.ntpSeconds) << 32n) | BigInt(report.ntpFraction),
    rtpTimestamp: report.rtpTimestamp,
    packetCount: report.packetCount,
    octetCount: report.octetCount,
  });
  const reports = blocks.slice(0, BLOCKS_MAX).map(receiverInfo);
  const packet = new RtcpSrPacket({ ssrc: report.ssrc, senderInfo, reports });
  const more = blocks.length > BLOCKS_MAX ? receiverReportBytes(report.ssrc, blocks.slice(BLOCKS_MAX)) : [];
  return [packet.serialize(), ...more];
}

/** Receiver reports, with 31 blocks each at most. */
export function receiverReportBytes(ssrc: number, blocks: readonly ReportBlock[]): Buffer[] {
  const packets: Buffer[] = [];
  for (let first = 0; first === 0 || first < blocks.length; first += BLOCKS_MAX) {
    const reports = blocks.slice(first, first + BLOCKS_MAX).map(receiverInfo);
    packets.push(new RtcpRrPacket({ ssrc, reports }).serialize());
  }
  return packets;
}

/** @returns null: too short for its blocks. Profile-specific extensions are left out. */
export function readSenderReport(payload: Buffer, count: number): RtcpRecord | null {
  if (payload.length < SENDER_INFO_BYTES + count * BLOCK_BYTES) return null;
  const { ssrc, senderInfo, reports } = RtcpSrPacket.deSerialize(payload, count);
  const report = {
    ssrc,
    ntpSeconds: Number(senderInfo.ntpTimestamp >> 32n),
    ntpFraction: Number(senderInfo.ntpTimestamp & 0xffff_ffffn),
    rtpTimestamp: senderInfo.rtpTimestamp,
    packetCount: senderInfo.packetCount,
    octetCount: senderInfo.octetCount,
  };
  return { kind: 'sender-report', report, blocks: reports.map(reportBlock) };
}

/** @returns null: too short for its blocks. Profile-specific extensions are left out. */
export function readReceiverReport(payload: Buffer, count: number): RtcpRecord | null {
  if (payload.length < 4 + count * BLOCK_BYTES) return null;
  const { ssrc, reports } = RtcpRrPacket.deSerialize(payload, count);
  return { kind: 'receiver-report', ssrc, blocks: reports.map(reportBlock) };
}

/**
 * SDES with a CNAME. werift leaves out the null that ends the items (RFC 3550, section 6.5) where they fill whole words: there an empty
 * item makes it.
 */
export function descriptionBytes(ssrc: number, cname: string): Buffer {
  const item = new SourceDescriptionItem({ type: CNAME, text: cname });
  const end = new SourceDescriptionItem({ type: 0, text: '' });
  const items = item.length % 4 === 0 ? [item, end] : [item];
  return new RtcpSourceDescriptionPacket({ chunks: [new SourceDescriptionChunk({ source: ssrc, items })] }).serialize();
}

/** @returns null: no well-formed chunk with a CNAME that fills the packet */
export function readDescription(payload: Buffer): RtcpRecord | null {
  const chunk = SourceDescriptionChunk.deSerialize(payload);
  const cname = chunk.items.find(({ type }) => type === CNAME)?.text;
  // werift cuts an item that goes beyond the end, and decodes what is no UTF-8 to text of another length
  if (chunk.length !== payload.length || cname === undefined || cname.includes('\ufffd')) return null;
  return { kind: 'description', ssrc: chunk.source, cname };
}

function receiverInfo(block: ReportBlock): RtcpReceiverInfo {
  return new RtcpReceiverInfo({
    ssrc: block.ssrc,
    fractionLost: block.fractionLost,
    // werift writes an unsigned number
    packetsLost: block.cumulativeLost & 0xff_ffff,
    highestSequence: block.highestSequence,
    jitter: block.jitter,
    lsr: block.lastSenderReport,
    dlsr: block.delaySinceLastSenderReport,
  });
}

function reportBlock(info: RtcpReceiverInfo): ReportBlock {
  return {
    ssrc: info.ssrc,
    fractionLost: info.fractionLost,
    cumulativeLost: (info.packetsLost << 8) >> 8,
    highestSequence: info.highestSequence,
    jitter: info.jitter,
    lastSenderReport: info.lsr,
    delaySinceLastSenderReport: info.dlsr,
  };
}
