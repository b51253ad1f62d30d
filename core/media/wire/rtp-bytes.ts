import {
  deserializeAbsSendTime,
  deserializeAudioLevelIndication,
  deserializeString,
  deserializeUint16BE,
  RtpHeader,
  RtpPacket,
  serializeAbsSendTime,
  serializeAudioLevelIndication,
  serializeSdesRTPStreamID,
  serializeTransportWideCC,
} from 'werift';
import type { RtpFields } from '../rtp.js';
import { RTP_EXTENSION_IDS, type RtpExtensions } from '../rtp-extensions.js';
import { MalformedPacketError } from './malformed-packet-error.js';
import { DATAGRAM_BYTES_MAX } from './rtcp-record.js';

const FIXED_BYTES = 12;
const EXTENSION_HEADER_BYTES = 4;
const VOICE = 0x80;

/** An RTP packet in plain fields. */
export interface RtpRecord {
  readonly fields: RtpFields;
  readonly extensions: RtpExtensions;
  /** A view of the datagram. */
  readonly payload: Uint8Array;
}

/** An RTP packet as bytes; its header extensions have the ids of {@link RTP_EXTENSION_IDS}. */
export function encodeRtp(
  fields: Readonly<RtpFields>,
  payload: Uint8Array,
  extensions: RtpExtensions = {},
): Uint8Array {
  const { payloadType, sequenceNumber, timestamp, ssrc, marker } = fields;
  const header = new RtpHeader({ payloadType, sequenceNumber, timestamp, ssrc, marker });
  const add = (id: number, bytes: Buffer) => header.extensions.push({ id, payload: bytes });
  const { audioLevel, absSendTime, transportSequenceNumber, rid } = extensions;
  if (audioLevel !== undefined) add(RTP_EXTENSION_IDS.audioLevel, audioLevelBytes(audioLevel));
  if (absSendTime !== undefined) add(RTP_EXTENSION_IDS.absSendTime, absSendTimeBytes(absSendTime));
  if (transportSequenceNumber !== undefined) {
    add(RTP_EXTENSION_IDS.transportSequenceNumber, serializeTransportWideCC(transportSequenceNumber));
  }
  if (rid !== undefined) add(RTP_EXTENSION_IDS.rid, serializeSdesRTPStreamID(rid));
  return new RtpPacket(header, Buffer.from(payload.buffer, payload.byteOffset, payload.length)).serialize();
}

/**
 * @throws MalformedPacketError and nothing else, whatever the bytes are. Extensions with unknown ids or of a wrong length are left out, as
 * RFC 8285, section 4.1, wants it.
 */
export function decodeRtp(datagram: Uint8Array): RtpRecord {
  const malformed = (problem: string, options?: ErrorOptions) => new MalformedPacketError('RTP', problem, 0, options);
  if (datagram.length > DATAGRAM_BYTES_MAX) throw malformed(`${datagram.length} bytes are more than a frame has`);
  if (datagram.length < FIXED_BYTES) throw malformed('its header is cut off');
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.length);
  const flags = bytes[0] as number;
  if (flags >> 6 !== 2) throw malformed(`it has version ${flags >> 6}, not 2`);
  const payloadStart = payloadOffset(bytes);
  if (payloadStart > bytes.length) throw malformed('its contributing sources or extensions go beyond the datagram');
  const padding = (flags & 0x20) === 0 ? 0 : (bytes.at(-1) as number);
  if ((flags & 0x20) !== 0 && (padding === 0 || padding > bytes.length - payloadStart)) {
    throw malformed(`it cannot have ${padding} bytes of padding`);
  }
  let header: RtpHeader;
  try {
    header = RtpHeader.deSerialize(bytes);
  } catch (cause) {
    throw malformed('its header cannot be read', { cause });
  }
  const { payloadType, sequenceNumber, timestamp, ssrc, marker } = header;
  return {
    fields: { payloadType, sequenceNumber, timestamp, ssrc, marker },
    extensions: extensionsOf(header, bytes.byteOffset + payloadStart),
    payload: bytes.subarray(payloadStart, bytes.length - padding),
  };
}

/** werift's own goes wrong when the extensions end early (id 15) or not at their end, and never ends soon when they claim more than there is. */
function payloadOffset(bytes: Buffer): number {
  const flags = bytes[0] as number;
  const fixed = FIXED_BYTES + (flags & 0x0f) * 4;
  if ((flags & 0x10) === 0) return fixed;
  const start = fixed + EXTENSION_HEADER_BYTES;
  return start > bytes.length ? start : start + bytes.readUInt16BE(fixed + 2) * 4;
}

function extensionsOf(header: RtpHeader, end: number): RtpExtensions {
  const found: { -readonly [name in keyof RtpExtensions]: RtpExtensions[name] } = {};
  for (const { id, payload } of header.extensions) {
    if (payload.byteOffset + payload.length > end) continue;
    if (id === RTP_EXTENSION_IDS.audioLevel && payload.length === 1) {
      const { v, level } = deserializeAudioLevelIndication(payload);
      found.audioLevel = { voice: v, level };
    } else if (id === RTP_EXTENSION_IDS.absSendTime && payload.length === 3) {
      found.absSendTime = deserializeAbsSendTime(payload) as number;
    } else if (id === RTP_EXTENSION_IDS.transportSequenceNumber && payload.length === 2) {
      found.transportSequenceNumber = deserializeUint16BE(payload);
    } else if (id === RTP_EXTENSION_IDS.rid && /^[0-9A-Za-z]{1,16}$/.test(deserializeString(payload))) {
      found.rid = deserializeString(payload);
    }
  }
  return found;
}

/** werift always sets the bit that says it is voice. */
function audioLevelBytes({ voice, level }: { readonly voice: boolean; readonly level: number }): Buffer {
  const bytes = Buffer.from(serializeAudioLevelIndication(level));
  if (!voice) bytes[0] = (bytes[0] as number) & ~VOICE;
  return bytes;
}

/** werift takes an NTP time and keeps the 24 bits from the 14th on. */
function absSendTimeBytes(absSendTime: number): Buffer {
  return serializeAbsSendTime(BigInt(absSendTime) << 14n);
}
