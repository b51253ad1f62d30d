export { decodeRtcp } from './decode-rtcp.js';
export { encodeRtcp } from './encode-rtcp.js';
export { MalformedPacketError } from './malformed-packet-error.js';
export { DATAGRAM_BYTES_MAX, RTCP_BYTES_MAX, type RtcpRecord, type UninterpretedPacket } from './rtcp-record.js';
export { decodeRtp, encodeRtp, type RtpRecord } from './rtp-bytes.js';
