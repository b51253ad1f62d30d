import { type LayerName, wireBytes } from './layers.js';
import { FRAME_MS } from './rtp.js';

/** What a stream of Opus frames at a bit rate takes on the wire, in kbit/s. 64: 84, or 88.8 with header extensions. */
export function wireKbps(codecKbps: number, extensions: boolean): number {
  return (wireBytes(codecKbps, extensions) * 8) / FRAME_MS;
}

/** What is left for the codec of a rate on the wire, in kbit/s: the inverse of {@link wireKbps}, 0 if the headers alone do not fit. */
export function codecKbps(kbps: number, extensions: boolean): number {
  return Math.max(0, kbps - wireKbps(0, extensions));
}

/** Something for each layer. */
export function forEachLayer<Value>(value: (layer: LayerName) => Value): Record<LayerName, Value> {
  return { h: value('h'), m: value('m'), l: value('l') };
}
