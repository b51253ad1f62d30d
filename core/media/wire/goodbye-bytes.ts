import { RtcpHeader } from 'werift';
import type { RtcpRecord } from './rtcp-record.js';

/** RTCP packet type of BYE. */
export const GOODBYE = 203;
const SOURCES_MAX = 31;

/**
 * BYE of up to 31 sources, without a reason (RFC 3550, section 6.6). Written here because werift has none.
 * @param ssrcs those beyond the 31st are left out
 */
export function goodbyeBytes(ssrcs: readonly number[]): Buffer {
  const sources = ssrcs.slice(0, SOURCES_MAX);
  const header = new RtcpHeader({ version: 2, padding: false, count: sources.length, type: GOODBYE });
  header.length = sources.length;
  const payload = Buffer.alloc(4 * sources.length);
  sources.forEach((ssrc, index) => {
    payload.writeUInt32BE(ssrc >>> 0, 4 * index);
  });
  return Buffer.concat([header.serialize(), payload]);
}

/** @returns null: too short for its sources. A reason is left out. */
export function readGoodbye(payload: Buffer, count: number): RtcpRecord | null {
  if (payload.length < 4 * count) return null;
  return { kind: 'goodbye', ssrcs: Array.from({ length: count }, (_, index) => payload.readUInt32BE(4 * index)) };
}
