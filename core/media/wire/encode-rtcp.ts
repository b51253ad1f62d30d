import { estimateBytes } from './estimate-bytes.js';
import { goodbyeBytes } from './goodbye-bytes.js';
import { descriptionBytes, receiverReportBytes, senderReportBytes } from './report-bytes.js';
import { RTCP_BYTES_MAX, type RtcpRecord, type UninterpretedPacket } from './rtcp-record.js';
import { transportFeedbackBytes } from './transport-feedback-bytes.js';

/**
 * Packets of RTCP as bytes: one datagram, or several where they do not fit into {@link RTCP_BYTES_MAX}. A compound packet should begin with a
 * report and a description (RFC 3550, section 6.1); feedback may go alone (RFC 5506).
 * @param records fields within the ranges of their docs; at most 255 bytes of CNAME
 */
export function encodeRtcp(records: readonly Exclude<RtcpRecord, UninterpretedPacket>[]): Uint8Array[] {
  const datagrams: Buffer[][] = [];
  let room = 0;
  for (const packet of records.flatMap(packetsOf)) {
    if (packet.length > room) {
      datagrams.push([]);
      room = RTCP_BYTES_MAX;
    }
    datagrams.at(-1)?.push(packet);
    room -= packet.length;
  }
  return datagrams.map((packets) => Buffer.concat(packets));
}

function packetsOf(record: Exclude<RtcpRecord, UninterpretedPacket>): Buffer[] {
  switch (record.kind) {
    case 'sender-report':
      return senderReportBytes(record.report, record.blocks);
    case 'receiver-report':
      return receiverReportBytes(record.ssrc, record.blocks);
    case 'description':
      return [descriptionBytes(record.ssrc, record.cname)];
    case 'remb':
      return [estimateBytes(record.estimate)];
    case 'transport-feedback':
      return [transportFeedbackBytes(record.feedback)];
    case 'goodbye':
      return [goodbyeBytes(record.ssrcs)];
  }
}
