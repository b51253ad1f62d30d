import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FluidQueue, waitOfMD1 } from '../../../../sim/media/flow/fluid-queue.js';

const SECOND_US = 1_000_000;

describe('M/D/1', () => {
  it('waits 0.5, 2 and 4.5 service times at a load of 0.5, 0.8 and 0.9', () => {
    expect(waitOfMD1(0)).toBe(0);
    expect(waitOfMD1(0.5)).toBeCloseTo(0.5, 12);
    expect(waitOfMD1(0.8)).toBeCloseTo(2, 12);
    expect(waitOfMD1(0.9)).toBeCloseTo(4.5, 12);
    expect(waitOfMD1(1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is the wait of packets of many streams below saturation', () => {
    const queue = new FluidQueue();
    // 1 000 packets of 210 bytes a second at a rate of 2.1 Mbit/s: half full, 0.8 ms a packet
    queue.offer({ bytes: 210_000, packetBytes: 210, durationUs: SECOND_US, rateKbps: 3_360, queueMs: 300 });
    expect(queue.waitUs).toBeCloseTo(0.5 * 500, 6);
    expect(queue.lossShare).toBe(0);
    expect(queue.backlogBytes).toBe(0);
  });
});

describe('a queue as a fluid', () => {
  it('loses what does not fit: 1 - rate / load in the long run', () => {
    const queue = new FluidQueue();
    const load = { bytes: 15_000, packetBytes: 210, durationUs: SECOND_US, rateKbps: 84, queueMs: 300 };
    for (let i = 0; i < 5; i++) queue.offer(load);
    expect(queue.lossShare).toBeCloseTo(1 - 84 / 120, 9);
    expect(queue.waitUs).toBeCloseTo(300_000, 3);
  });

  it('fills and drains evenly: the mean wait of the interval is that of the triangle', () => {
    const queue = new FluidQueue();
    // 1 000 B/s too much for 1 s at 10 000 B/s: up to 100 ms
    queue.offer({ bytes: 11_000, packetBytes: 0, durationUs: SECOND_US, rateKbps: 80, queueMs: 300 });
    expect(queue.waitUs).toBeCloseTo(50_000, 3);
    queue.offer({ bytes: 8_000, packetBytes: 0, durationUs: SECOND_US, rateKbps: 80, queueMs: 300 });
    // empty after half a second
    expect(queue.backlogBytes).toBe(0);
    expect(queue.waitUs).toBeCloseTo(25_000, 3);
  });

  it('keeps the books: offered = served + dropped + still in the queue', () => {
    const load = fc.record({
      bytes: fc.double({ min: 0, max: 50_000, noNaN: true }),
      packetBytes: fc.integer({ min: 60, max: 1_500 }),
      durationUs: fc.integer({ min: 20_000, max: 2 * SECOND_US }),
      rateKbps: fc.double({ min: 8, max: 1_000, noNaN: true }),
      queueMs: fc.constantFrom(null, 0, 50, 300),
    });
    fc.assert(
      fc.property(fc.array(load, { minLength: 1, maxLength: 30 }), (loads) => {
        const queue = new FluidQueue();
        let offered = 0;
        for (const each of loads) {
          const servedBefore = queue.servedBytes;
          queue.offer(each);
          offered += each.bytes;
          expect(queue.backlogBytes).toBeGreaterThanOrEqual(0);
          if (each.queueMs !== null)
            expect(queue.backlogBytes).toBeLessThanOrEqual((each.queueMs * each.rateKbps) / 8 + 1e-6);
          expect(queue.servedBytes - servedBefore).toBeGreaterThanOrEqual(-1e-6);
          expect(queue.servedBytes - servedBefore).toBeLessThanOrEqual(
            (each.durationUs * each.rateKbps) / 8_000 + 1e-6,
          );
          expect(queue.lossShare).toBeGreaterThanOrEqual(0);
          expect(queue.lossShare).toBeLessThanOrEqual(1);
        }
        expect(queue.servedBytes + queue.droppedBytes + queue.backlogBytes).toBeCloseTo(offered, 4);
      }),
    );
  });
});
