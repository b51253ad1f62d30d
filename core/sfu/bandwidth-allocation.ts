import { LAYER_KBPS } from '../media/layers.js';
import { EXTENSION_BYTES, FRAME_MS, HEADER_BYTES } from '../media/rtp.js';
import { layerFor } from './layer-selection.js';

/** Bit rate of the headers of one voice on the wire, in kbit/s: 20, or 24.8 with header extensions. */
export function headerKbps(extensions: boolean): number {
  return ((HEADER_BYTES + (extensions ? EXTENSION_BYTES : 0)) * 8) / FRAME_MS;
}

/** What a voice takes on the wire in the lowest layer, in kbit/s: 36, or 40.8 with header extensions. */
export function leastVoiceKbps(extensions: boolean): number {
  return headerKbps(extensions) + LAYER_KBPS.l;
}

/** What is to be shared. */
export interface Allocation {
  /** Estimate of the consumer's downlink, everything on the wire counted, in kbit/s. */
  readonly availableKbps: number;
  /** Voices that are being sent to it. */
  readonly talkers: number;
  /** Their packets carry header extensions. */
  readonly extensions: boolean;
}

/**
 * Shares a consumer's downlink among those who talk, dominant first. B7's thresholds (64, 32) are rates of the codec, so headers are
 * taken off: a high layer takes 84 kbit/s on the wire (88.8 with extensions), not 64. Each voice keeps a low layer; what is left is offered
 * to the first, what that does not use to the second, and so on.
 * @returns kbit/s of payload that each talker may use, in order: what it is offered, so more than its layer needs where there is more
 */
export function allocate({ availableKbps, talkers, extensions }: Allocation): number[] {
  const shares: number[] = [];
  let spare = availableKbps - talkers * leastVoiceKbps(extensions);
  for (let index = 0; index < talkers; index++) {
    const share = Math.max(0, spare + LAYER_KBPS.l);
    shares.push(share);
    spare -= LAYER_KBPS[layerFor(share)] - LAYER_KBPS.l;
  }
  return shares;
}
