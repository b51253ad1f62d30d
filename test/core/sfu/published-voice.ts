import fc from 'fast-check';
import { LAYER_NAMES, type LayerName } from '../../../core/media/layers.js';
import { FRAME_MS, FRAME_TICKS, type RtpFields } from '../../../core/media/rtp.js';

/** A packet of one layer as it reaches the server. */
export interface Arrival {
  readonly layer: LayerName;
  /** Number of the 20 ms that it carries. */
  readonly frame: number;
  /** How many packets the layer has had before this one. */
  readonly ordinal: number;
  readonly atMs: number;
  readonly packet: RtpFields;
}

/** A voice in three layers on its way to the server. */
export interface PublishedVoice {
  readonly arrivals: readonly Arrival[];
  /** Ordinals of each layer that never arrive. */
  readonly lost: Readonly<Record<LayerName, ReadonlySet<number>>>;
  /** First timestamp of each layer. */
  readonly timestamps: Readonly<Record<LayerName, number>>;
}

/** What may happen on the way. */
export interface Way {
  readonly frames: number;
  readonly loss: boolean;
  /** Most that a packet is late, in ms. */
  readonly jitterMs: number;
  readonly duplicates: boolean;
  /** Pauses in which only every 20th frame is sent. */
  readonly dtx: boolean;
}

const start = (max: number) => fc.oneof(fc.integer({ min: 0, max }), fc.integer({ min: max - 30_000, max }));

/** Three layers with starts of their own, often shortly before a wrap. */
export function publishedVoice(way: Way): fc.Arbitrary<PublishedVoice> {
  const fate = fc.record({
    silent: fc.boolean(),
    lost: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }),
    lateMs: fc.array(fc.integer({ min: 0, max: way.jitterMs }), { minLength: 3, maxLength: 3 }),
    again: fc.integer({ min: 0, max: 9 }),
  });
  return fc
    .record({
      fates: fc.array(fate, { minLength: way.frames, maxLength: way.frames }),
      numbers: fc.tuple(start(0xffff), start(0xffff), start(0xffff)),
      timestamps: fc.tuple(start(0xffff_ffff), start(0xffff_ffff), start(0xffff_ffff)),
    })
    .map(({ fates, numbers, timestamps }) => {
      const arrivals: Arrival[] = [];
      const lost = { h: new Set<number>(), m: new Set<number>(), l: new Set<number>() };
      let ordinal = 0;
      fates.forEach((each, frame) => {
        if (way.dtx && frame % 20 !== 0 && fates[frame - (frame % 20)]!.silent) return;
        LAYER_NAMES.forEach((layer, index) => {
          if (way.loss && each.lost[index] === 0) {
            lost[layer].add(ordinal);
            return;
          }
          const packet: RtpFields = {
            payloadType: 111,
            sequenceNumber: (numbers[index]! + ordinal) & 0xffff,
            timestamp: (timestamps[index]! + frame * FRAME_TICKS) >>> 0,
            ssrc: index + 1,
            marker: frame % 50 === 0,
          };
          const atMs = 1_000 + frame * FRAME_MS + 30 + index * 0.1 + each.lateMs[index]!;
          arrivals.push({ layer, frame, ordinal, atMs, packet });
          if (way.duplicates && each.again === index) {
            arrivals.push({ layer, frame, ordinal, atMs: atMs + 25, packet });
          }
        });
        ordinal++;
      });
      arrivals.sort((a, b) => a.atMs - b.atMs);
      return { arrivals, lost, timestamps: { h: timestamps[0], m: timestamps[1], l: timestamps[2] } };
    });
}

/** At which arrival which layer is asked for. */
export const layerWishes = (frames: number) =>
  fc.array(fc.record({ arrival: fc.integer({ min: 0, max: frames * 3 }), layer: fc.constantFrom(...LAYER_NAMES) }), {
    maxLength: 12,
  });
