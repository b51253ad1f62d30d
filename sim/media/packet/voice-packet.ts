import { LAYER_KBPS, LAYER_NAMES, payloadBytes } from '../../../core/media/layers.js';
import { EXTENSION_BYTES, HEADER_BYTES } from '../../../core/media/rtp.js';
import type { MediaPacket } from '../../net/index.js';
import { FRAME_US } from '../talk/index.js';
import type { EncodedFrame } from './encoded-frame.js';
import type { OutboundStream } from './outbound-stream.js';
import type { PlaneParts } from './plane-parts.js';

/** Comfort noise of Opus, our choice: a low-rate frame of a few bytes. */
const COMFORT_NOISE_BYTES = 8;

const PAYLOAD_BYTES = LAYER_NAMES.map((layer) => payloadBytes(LAYER_KBPS[layer]));

/** A packet of one encoding of a frame. @param layer index in `LAYER_NAMES` */
export function voicePacket(
  parts: PlaneParts,
  encoded: EncodedFrame,
  stream: OutboundStream,
  layer: number,
): MediaPacket {
  const packet = parts.network.packets.take();
  const payload = encoded.comfortNoise ? COMFORT_NOISE_BYTES : PAYLOAD_BYTES[layer]!;
  stream.stamp(packet, encoded.frame, payload, (encoded.capturedUs + FRAME_US) / 1000);
  packet.marker = encoded.marker;
  packet.payloadBytes = payload;
  packet.bytes = payload + HEADER_BYTES + (parts.options.codec.extensions ? EXTENSION_BYTES : 0);
  packet.frame = encoded.frame;
  packet.capturedUs = encoded.capturedUs;
  packet.flags = encoded.flags;
  packet.ordinal = encoded.ordinal;
  packet.layer = layer;
  packet.rtcp = null;
  parts.statistics.voicePackets++;
  return packet;
}
