import type { RtpFields } from '../../../core/media/rtp.js';
import type { RtpExtensions } from '../../../core/media/rtp-extensions.js';
import { encodeRtp } from '../../../core/media/wire/index.js';

/** Opus: hybrid, full band, 20 ms, mono, one frame (RFC 6716, section 3.1): the mode that has in-band FEC. */
const TABLE_OF_CONTENTS = 0x78;
/** Longest frame of Opus (RFC 6716, section 3.2.1). */
const FRAME_BYTES_MAX = 1_275;

const filler = Uint8Array.from({ length: FRAME_BYTES_MAX + 1 }, (_, index) =>
  index === 0 ? TABLE_OF_CONTENTS : index,
);

/**
 * The RTP bytes of a simulated packet of voice, which has a length but no sound: behind the first byte the payload counts.
 * @param payloadBytes 0 to 1 276
 */
export function voiceBytes(fields: Readonly<RtpFields>, payloadBytes: number, extensions?: RtpExtensions): Uint8Array {
  return encodeRtp(fields, filler.subarray(0, payloadBytes), extensions);
}
