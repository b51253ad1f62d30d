import type * as codec from '../../../core/media/wire/index.js';

/** Bytes of RTCP, by werift. */
export type RtcpWire = Pick<typeof codec, 'encodeRtcp' | 'decodeRtcp' | 'MalformedPacketError'>;

/** Loads werift, which takes a while: only for worlds in which packets of media travel. */
export async function loadRtcpWire(): Promise<RtcpWire> {
  return import('../../../core/media/wire/index.js');
}
