import type { LayerName } from '../../../core/media/layers.js';
import { FRAME_TICKS, type RtpFields } from '../../../core/media/rtp.js';
import type { Metrics, Randomness } from '../../../core/ports.js';
import { Router, type RouterOptions } from '../../../core/sfu/router.js';
import type { RouterEvent } from '../../../core/sfu/router-events.js';

/** A packet that says where it comes from. */
export interface Voice extends RtpFields {
  readonly from: string;
  readonly frame: number;
}

/** Something that a member was sent. */
export interface Heard {
  readonly by: string;
  readonly from: string;
  readonly frame: number;
  readonly layer: LayerName;
  readonly out: RtpFields;
}

export class CountedMetrics implements Metrics {
  readonly counts = new Map<string, number>();
  readonly observed = new Map<string, number[]>();

  count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const key = [name, ...Object.values(labels)].join(' ');
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }

  observe(name: string, value: number): void {
    this.observed.set(name, [...(this.observed.get(name) ?? []), value]);
  }
}

/** Always the same numbers. */
export function countingRandomness(): Randomness {
  let state = 1;
  return {
    unique: () => `u${++state}`,
    uniform: () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    },
  };
}

/** A room in which everything is noted. */
export class Room {
  readonly heard: Heard[] = [];
  readonly told: [sessionId: string, event: RouterEvent][] = [];
  readonly metrics = new CountedMetrics();
  readonly router: Router<Voice>;
  private readonly ssrcs = new Map<string, number>();

  constructor(options: RouterOptions = {}) {
    this.router = new Router<Voice>(
      'room',
      {
        send: (consumer, out, packet, layer) =>
          this.heard.push({ by: consumer.sessionId, from: packet.from, frame: packet.frame, layer, out: { ...out } }),
        tell: (sessionId, event) => this.told.push([sessionId, event]),
        random: countingRandomness(),
        metrics: this.metrics,
      },
      options,
    );
  }

  enter(sessionId: string, atMs = 0, asks = false): void {
    this.router.join(sessionId, `user-${sessionId}`, atMs, asks);
  }

  publish(sessionId: string, layers: readonly LayerName[] = ['h', 'm', 'l'], atMs = 0): void {
    const base = this.ssrcs.get(sessionId) ?? 100 * (this.ssrcs.size + 1);
    this.ssrcs.set(sessionId, base);
    const encodings = layers.map((layer) => ({ layer, ssrc: base + 'hml'.indexOf(layer) }));
    this.router.publish(sessionId, 'audio', encodings, atMs);
  }

  /** One 20 ms of a member in some layers, at the time of the frame. */
  talk(sessionId: string, frame: number, layers: readonly LayerName[] = ['h', 'm', 'l']): void {
    const base = this.ssrcs.get(sessionId) as number;
    for (const layer of layers) {
      const ssrc = base + 'hml'.indexOf(layer);
      const packet: Voice = {
        payloadType: 111,
        sequenceNumber: (frame + ssrc * 1_000) & 0xffff,
        timestamp: (frame * FRAME_TICKS + ssrc * 1_000_003) >>> 0,
        ssrc,
        marker: false,
        from: sessionId,
        frame,
      };
      this.router.onRtp(sessionId, packet, frame * 20);
    }
  }

  /** Who hears this member in this frame, in order. */
  listeners(sessionId: string, frame: number): string[] {
    return this.heard.filter((each) => each.from === sessionId && each.frame === frame).map(({ by }) => by);
  }

  /** Layers in which a member has heard another, one per frame. */
  layers(by: string, from: string): string {
    return this.heard
      .filter((each) => each.by === by && each.from === from)
      .map(({ layer }) => layer)
      .join('');
  }

  /** Types of the events a member was told of, in order. */
  events(sessionId: string): string[] {
    return this.told.filter(([to]) => to === sessionId).map(([, { type }]) => type);
  }
}
