import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RtpFields } from '../../../../core/media/rtp.js';
import { StreamContinuity } from '../../../../sim/media/ears/index.js';

const packet = (sequenceNumber: number, timestamp: number, ssrc = 9): RtpFields => ({
  payloadType: 111,
  sequenceNumber: sequenceNumber & 0xffff,
  timestamp: timestamp >>> 0,
  ssrc,
  marker: false,
});

describe('a stream', () => {
  test('may lose what it likes, pause, and wrap around', () => {
    const step = fc.record({ lost: fc.integer({ min: 0, max: 30 }), pause: fc.integer({ min: 0, max: 200 }) });
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.nat(0xffffffff),
        fc.array(step, { maxLength: 30 }),
        (sequence, timestamp, steps) => {
          const stream = new StreamContinuity();
          let ordinal = 0;
          let frame = 0;
          for (const { lost, pause } of [{ lost: 0, pause: 0 }, ...steps]) {
            ordinal += 1 + lost;
            frame += 1 + lost + pause;
            expect(stream.received(packet(sequence + ordinal, timestamp + frame * 960), ordinal, frame)).toBeNull();
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  const after = (next: RtpFields, ordinal = 6, frame = 6) => {
    const stream = new StreamContinuity();
    stream.received(packet(100, 9_600), 5, 5);
    return stream.received(next, ordinal, frame);
  };

  test.each([
    ['goes on', packet(101, 10_560), 6, 6, null],
    ['goes on behind a switch that hides a loss', packet(101, 11_520), 7, 7, null],
    ["goes on with the other layer's own sequence numbers", packet(4_711, 10_560), 6, 6, 'sequence-jump'],
    ['repeats a sequence number', packet(100, 10_560), 6, 6, 'sequence-repeat'],
    ['goes back', packet(90, 10_560), 6, 6, 'sequence-repeat'],
    ["goes on with the other layer's own clock", packet(101, 777_777), 6, 6, 'timestamp-jump'],
    ['has the same timestamp again', packet(101, 9_600), 6, 6, 'timestamp-jump'],
    ['forgets a pause', packet(101, 10_560), 6, 40, 'timestamp-jump'],
    ['has another source', packet(101, 10_560, 10), 6, 6, 'ssrc-change'],
    ['brings an old packet once more', packet(99, 8_640), 4, 4, null],
  ] as const)('that %s', (_, next, ordinal, frame, kind) => {
    expect(after(next, ordinal, frame)).toBe(kind);
  });

  test('begins anew when the path was built anew', () => {
    const stream = new StreamContinuity();
    stream.received(packet(100, 9_600), 5, 5);
    stream.reset();
    expect(stream.received(packet(4_711, 777_777, 10), 6, 6)).toBeNull();
  });
});
