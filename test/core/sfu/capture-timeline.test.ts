import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_TICKS, timestampDistance } from '../../../core/media/rtp.js';
import { CaptureTimeline } from '../../../core/sfu/capture-timeline.js';

const START = { h: 0xffff_ff00, m: 5 } as const;

/** Timestamp of a layer for 20 ms of capture; `ppm`: how much faster than real time the sender's clock runs. */
const timestamp = (layer: 'h' | 'm', frame: number, ppm = 0) =>
  (START[layer] + Math.round(frame * FRAME_TICKS * (1 + ppm / 1e6))) >>> 0;

/** How far apart both layers are on the timeline for the same moment, in ms; 0 is right. */
const errorMs = (timeline: CaptureTimeline) =>
  timestampDistance(timeline.offset('h') + START.h, timeline.offset('m') + START.m) / 48;

describe('the timeline of capture', () => {
  it('aligns layers by what arrives together, in a queue that fills and drains, whatever is lost of it', () => {
    const conditions = fc.record({
      kbps: fc.integer({ min: 150, max: 2_000 }),
      lossShare: fc.double({ min: 0, max: 0.3, noNaN: true }),
      jitterMs: fc.integer({ min: 0, max: 8 }),
      /** What else is sent in each frame: the copies of a mesh, before or after the layers, until they end. */
      copies: fc.nat({ max: 8 }),
      copiesEndAt: fc.integer({ min: 50, max: 150 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(conditions, ({ kbps, lossShare, jitterMs, copies, copiesEndAt, seed }) => {
        const timeline = new CaptureTimeline();
        let freeMs = 0;
        let arrivedMs = 0;
        let state = seed;
        const draw = () => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          return state / 0x1_0000_0000;
        };
        const send = (bytes: number, frame: number, layer?: 'h' | 'm') => {
          freeMs = Math.max(freeMs, frame * 20);
          // tail drop at 300 ms
          if (freeMs - frame * 20 > 300) return;
          freeMs += (bytes * 8) / kbps;
          arrivedMs = Math.max(arrivedMs, freeMs + draw() * jitterMs);
          if (layer !== undefined && draw() >= lossShare)
            timeline.arrived(layer, timestamp(layer, frame), 50 + arrivedMs);
        };
        for (let frame = 0; frame < 200; frame++) {
          const others = frame < copiesEndAt ? copies : 0;
          for (let place = 0; place <= others; place++) {
            if ((place + frame) % (others + 1) > 0) send(142, frame);
            else {
              send(222, frame, 'h');
              send(142, frame, 'm');
            }
          }
          if (frame > 20) expect(Math.abs(errorMs(timeline))).toBeLessThan(10);
        }
      }),
    );
  });

  it('follows a sender whose clock runs slower or faster, also for a layer that comes later', () => {
    for (const ppm of [-200, 200]) {
      const timeline = new CaptureTimeline();
      for (let frame = 0; frame < 100_000; frame++) {
        timeline.arrived('h', timestamp('h', frame, ppm), frame * 20 + (frame % 7));
        if (frame > 99_000) timeline.arrived('m', timestamp('m', frame, ppm), frame * 20 + (frame % 5));
      }
      expect(Math.abs(errorMs(timeline))).toBeLessThan(5);
    }
  });

  it('is exact to the tick once both layers have their sender reports, and keeps the place it had', () => {
    const timeline = new CaptureTimeline();
    timeline.arrived('h', timestamp('h', 0), 100);
    timeline.arrived('m', timestamp('m', 0), 117);
    expect(errorMs(timeline)).toBe(17);
    const before = timeline.offset('h');
    timeline.reported('h', 3_900_000_000_123.5, timestamp('h', 10));
    timeline.reported('m', 3_900_000_000_323.5, timestamp('m', 20));
    expect(errorMs(timeline)).toBe(0);
    expect(timeline.offset('h')).toBe(before);
    timeline.arrived('m', timestamp('m', 21), 400);
    expect(errorMs(timeline)).toBe(0);
  });

  it('takes no notice of a report before the first packet, or without a time', () => {
    const timeline = new CaptureTimeline();
    timeline.reported('h', 1_000, 5);
    expect(timeline.offset('h')).toBe(0);
    timeline.arrived('h', 0, 1_000);
    timeline.reported('h', Number.NaN, 5);
    expect(timeline.offset('h')).toBe(48_000);
  });

  it('begins anew with a layer whose clock jumps', () => {
    const timeline = new CaptureTimeline();
    timeline.arrived('h', 1_000, 20);
    timeline.reported('h', 5_000, 1_000);
    timeline.arrived('h', 900_000_000, 40);
    expect(timeline.offset('h')).toBe((40 * 48 - 900_000_000) | 0);
  });

  it('counts in the ticks of its clock', () => {
    const timeline = new CaptureTimeline(90_000);
    timeline.arrived('h', 0, 10);
    expect(timeline.offset('h')).toBe(900);
  });
});
