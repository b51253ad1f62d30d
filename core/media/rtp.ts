/** The fields of an RTP header (RFC 3550, section 5.1) that the core reads and rewrites. The `RtpHeader` of werift has them all. */
export interface RtpFields {
  payloadType: number;
  /** 16 bits, wraps. */
  sequenceNumber: number;
  /** 32 bits, wraps. Opus: 48 000 a second, 960 for 20 ms (RFC 7587). */
  timestamp: number;
  /** 32 bits. */
  ssrc: number;
  /** First packet of a talk spurt (RFC 3551, section 4.1). */
  marker: boolean;
}

/** RTP clock of Opus, in ticks a second (RFC 7587). */
export const OPUS_CLOCK = 48_000;
/** One Opus frame. */
export const FRAME_MS = 20;
export const FRAME_TICKS = (OPUS_CLOCK * FRAME_MS) / 1000;
/** IPv4 20 + UDP 8 + RTP 12 + SRTP tag 10. */
export const HEADER_BYTES = 50;
/** Audio level and transport-wide sequence number: 4 + 2 + 3 bytes, padded to words (RFC 8285, section 4.2). A third one makes it 16. */
export const EXTENSION_BYTES = 12;

/** Distance from `a` to `b` on a circle of 2^16, in -32 768..32 767. */
export function sequenceDistance(a: number, b: number): number {
  return ((b - a) << 16) >> 16;
}

/** Distance from `a` to `b` on a circle of 2^32. */
export function timestampDistance(a: number, b: number): number {
  return (b - a) | 0;
}
