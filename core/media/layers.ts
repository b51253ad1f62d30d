import { EXTENSION_BYTES, FRAME_MS, HEADER_BYTES } from './rtp.js';

/** Encodings of one voice, best first; the names are the `rid`s of the simulcast offer (B6). */
export const LAYER_NAMES = ['h', 'm', 'l'] as const;
export type LayerName = (typeof LAYER_NAMES)[number];

/** Bit rate of the Opus encoder for each layer, in kbit/s. */
export const LAYER_KBPS: Readonly<Record<LayerName, number>> = { h: 64, m: 32, l: 16 };

/** Bytes of one Opus frame at a constant bit rate. */
export function payloadBytes(kbps: number): number {
  return Math.round((kbps * FRAME_MS) / 8);
}

/** Bytes on the wire (IP, UDP, RTP, SRTP, payload) of one packet. 64 kbit/s: 210, or 222 with header extensions. */
export function wireBytes(kbps: number, extensions: boolean): number {
  return HEADER_BYTES + (extensions ? EXTENSION_BYTES : 0) + payloadBytes(kbps);
}
