import { RtcpHeader, RtcpRrPacket, RtcpSourceDescriptionPacket, RtcpSrPacket, TransportWideCC } from 'werift';
import { isEstimate, readEstimate } from './estimate-bytes.js';
import { GOODBYE, readGoodbye } from './goodbye-bytes.js';
import { MalformedPacketError } from './malformed-packet-error.js';
import { readDescription, readReceiverReport, readSenderReport } from './report-bytes.js';
import { DATAGRAM_BYTES_MAX, type RtcpRecord } from './rtcp-record.js';
import { readTransportFeedback } from './transport-feedback-bytes.js';

const HEADER_BYTES = 4;
const TRANSPORT_FEEDBACK = 205;
const PAYLOAD_FEEDBACK = 206;
const APPLICATION_FEEDBACK = 15;

/**
 * The packets of a datagram, compound or reduced-size (RFC 3550, section 6.1; RFC 5506), in order. It is taken apart here and not by
 * werift's `RtcpPacketConverter`, which gives each packet all that follows it, and is silent about what it cannot read.
 * @throws MalformedPacketError and nothing else, whatever the bytes are
 */
export function decodeRtcp(datagram: Uint8Array): RtcpRecord[] {
  if (datagram.length > DATAGRAM_BYTES_MAX) {
    throw new MalformedPacketError('RTCP', `${datagram.length} bytes are more than a frame has`, 0);
  }
  if (datagram.length === 0) throw new MalformedPacketError('RTCP', 'it is empty', 0);
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.length);
  const records: RtcpRecord[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const malformed = (problem: string, options?: ErrorOptions) =>
      new MalformedPacketError('RTCP', problem, offset, options);
    if (bytes.length - offset < HEADER_BYTES) throw malformed('its header is cut off');
    const header = RtcpHeader.deSerialize(bytes.subarray(offset, offset + HEADER_BYTES));
    const end = offset + HEADER_BYTES + header.length * 4;
    if (header.version !== 2) throw malformed(`it has version ${header.version}, not 2`);
    if (end > bytes.length) throw malformed('its length goes beyond the datagram');
    const padding = header.padding ? (bytes[end - 1] as number) : 0;
    if (header.padding && (padding === 0 || padding > header.length * 4)) {
      throw malformed(`it cannot have ${padding} bytes of padding`);
    }
    let record: RtcpRecord | null;
    try {
      record = read(bytes.subarray(offset + HEADER_BYTES, end - padding), header);
    } catch (cause) {
      throw malformed(`type ${header.type} cannot be read`, { cause });
    }
    if (record === null) throw malformed(`type ${header.type} does not hold what its header says`);
    records.push(record);
    offset = end;
  }
  return records;
}

function read(payload: Buffer, header: RtcpHeader): RtcpRecord | null {
  const { type, count } = header;
  if (type === RtcpSrPacket.type) return readSenderReport(payload, count);
  if (type === RtcpRrPacket.type) return readReceiverReport(payload, count);
  if (type === RtcpSourceDescriptionPacket.type && count === 1) return readDescription(payload);
  if (type === GOODBYE) return readGoodbye(payload, count);
  if (type === TRANSPORT_FEEDBACK && count === TransportWideCC.count) return readTransportFeedback(payload, header);
  if (type === PAYLOAD_FEEDBACK && count === APPLICATION_FEEDBACK && isEstimate(payload)) return readEstimate(payload);
  return { kind: 'uninterpreted', packetType: type, format: count };
}
