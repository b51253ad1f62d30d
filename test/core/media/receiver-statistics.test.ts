import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceiverStatistics } from '../../../core/media/receiver-statistics.js';
import { FRAME_TICKS, type RtpFields } from '../../../core/media/rtp.js';

function packet(number: number): RtpFields {
  return {
    payloadType: 111,
    sequenceNumber: number & 0xffff,
    timestamp: (number * FRAME_TICKS) >>> 0,
    ssrc: 1,
    marker: false,
  };
}

/** Numbers that arrive, 20 ms apart unless said. */
function receive(numbers: readonly number[], statistics = new ReceiverStatistics(1)): ReceiverStatistics {
  for (const number of numbers) statistics.onPacket(packet(number), 160, number * 20);
  return statistics;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('the sequence check (RFC 3550, A.1)', () => {
  it('counts a source from the second packet in a row on', () => {
    const statistics = new ReceiverStatistics(1);
    expect([7, 9, 10, 11].map((number) => statistics.onPacket(packet(number), 160, 0))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(statistics).toMatchObject({ packets: 2, bytes: 320, expected: 2, lost: 0 });
  });

  it('counts wraps, also when the probation ends with one', () => {
    const statistics = receive(range(0xffff, 0x1_0003 + 0x1_0000));
    expect(statistics).toMatchObject({ packets: 0x1_0003, expected: 0x1_0003, lost: 0 });
    // the first valid packet is number 0: one wrap since
    expect(statistics.report(0)?.highestSequence).toBe(0x1_0002);
  });

  it('takes reordered packets in, also over a wrap, without counting the wrap twice', () => {
    const statistics = receive([65_532, 65_533, 65_535, 65_536, 65_534, 65_538, 65_537]);
    expect(statistics).toMatchObject({ packets: 6, late: 2, lost: 0 });
    expect(statistics.report(0)?.highestSequence).toBe(65_538);
  });

  it('counts duplicates as received, as the RFC does: loss becomes negative', () => {
    const statistics = receive([0, 1, 2, 2, 2]);
    expect(statistics).toMatchObject({ packets: 4, late: 2, lost: -2 });
    expect(statistics.report(0)).toMatchObject({ fractionLost: 0, cumulativeLost: -2 });
  });

  it('is not moved by one number that is far off', () => {
    const statistics = receive([0, 1, 20_000, 2, 3]);
    expect(statistics).toMatchObject({ packets: 3, expected: 3, lost: 0, restarts: 0 });
  });

  it('begins anew when two numbers in a row are far off', () => {
    const statistics = receive([0, 1, 2, 20_000, 20_001, 20_002]);
    expect(statistics).toMatchObject({ packets: 4, bytes: 640, expected: 2, lost: 0, restarts: 1 });
    expect(statistics.jitterMs).toBe(0);
  });

  it('takes a gap of 2 999 for loss and one of 3 000 for something else', () => {
    expect(receive([0, 1, 3_000])).toMatchObject({ packets: 2, lost: 2_998 });
    expect(receive([0, 1, 3_001])).toMatchObject({ packets: 1, lost: 0 });
  });

  it('takes 99 back for late and 101 back for something else', () => {
    expect(receive([...range(200, 400), 300])).toMatchObject({ packets: 200, late: 1 });
    expect(receive([...range(200, 400), 298])).toMatchObject({ packets: 199, late: 0 });
  });
});

describe('loss (RFC 3550, A.3)', () => {
  it('is a share of the interval in 1/256, and a sum', () => {
    const statistics = receive([0, 1, 2, 3, 4]);
    expect(statistics.report(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 0 });
    receive([6, 8], statistics);
    expect(statistics.report(0)).toMatchObject({ fractionLost: 128, cumulativeLost: 2 });
    receive([9, 10, 11, 12], statistics);
    expect(statistics.report(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 2 });
  });

  it('makes no block before the first valid packet, nor when nothing has arrived since the last', () => {
    const statistics = receive([0]);
    expect(statistics.report(0)).toBeNull();
    receive([1], statistics);
    expect(statistics.report(0)).not.toBeNull();
    expect(statistics.report(0)).toBeNull();
    receive([101], statistics);
    expect(statistics.report(0)).toMatchObject({ fractionLost: Math.floor((99 * 256) / 100), cumulativeLost: 99 });
  });

  it('is clamped to 24 bits with sign', () => {
    const statistics = receive([0, 1]);
    for (let number = 3_000; number < 9_000_000; number += 2_999) statistics.onPacket(packet(number), 1, 0);
    expect(statistics.lost).toBeGreaterThan(0x7f_ffff);
    expect(statistics.report(0)).toMatchObject({ cumulativeLost: 0x7f_ffff, fractionLost: 255 });
    const duplicates = receive([0, 1]);
    for (let count = 0; count < 0x80_0005; count++) duplicates.onPacket(packet(1), 1, 0);
    expect(duplicates.lost).toBe(-0x80_0005);
    expect(duplicates.report(0)).toMatchObject({ cumulativeLost: -0x80_0000, fractionLost: 0 });
  });

  it('agrees with counting, whatever is lost and wherever the numbers begin', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff }),
        fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 5 }),
        (start, intervals) => {
          const statistics = receive([start, start + 1]);
          statistics.report(0);
          let number = start + 2;
          let told = start + 1;
          let lost = 0;
          for (const interval of intervals) {
            const arrived = interval.flatMap((arrives, index) => (arrives ? [number + index] : []));
            number += interval.length;
            receive(arrived, statistics);
            const block = statistics.report(0);
            const highest = arrived.at(-1);
            if (highest === undefined) {
              expect(block).toBeNull();
              continue;
            }
            const missing = highest - told - arrived.length;
            lost += missing;
            expect(block).toMatchObject({
              fractionLost: Math.floor((missing * 256) / (highest - told)),
              cumulativeLost: lost,
              highestSequence: highest - ((start + 1) & ~0xffff),
            });
            told = highest;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('jitter (RFC 3550, A.8)', () => {
  it('is zero when packets come as they were sent, over the wrap of the timestamp and through silence', () => {
    const statistics = new ReceiverStatistics(1);
    let timestamp = 0xffff_f000;
    for (let number = 0; number < 100; number++) {
      statistics.onPacket({ ...packet(number), timestamp }, 160, number * 20 + 1_000_000.125);
      timestamp = (timestamp + FRAME_TICKS) >>> 0;
    }
    timestamp = (timestamp + FRAME_TICKS * 20) >>> 0;
    statistics.onPacket({ ...packet(100), timestamp }, 160, 1_000_000.125 + 120 * 20);
    expect(statistics.jitterMs).toBe(0);
  });

  it('moves a sixteenth of the way with each packet', () => {
    const statistics = receive([0, 1]);
    // 16 ms late: |D| = 768 ticks
    statistics.onPacket(packet(2), 160, 56);
    expect(statistics.jitterMs).toBe(1);
    // in time again: |D| = 768 ticks
    statistics.onPacket(packet(3), 160, 60);
    expect(statistics.jitterMs).toBe(1 + (16 - 1) / 16);
    expect(statistics.report(0)?.jitter).toBe(93);
  });

  it('settles at the mean of |D|: alternately 0 and 8 ms late is 8 ms', () => {
    const statistics = new ReceiverStatistics(1);
    for (let number = 0; number < 500; number++) {
      statistics.onPacket(packet(number), 160, number * 20 + (number % 2) * 8);
    }
    expect(statistics.jitterMs).toBeCloseTo(8, 6);
    expect(statistics.report(0)?.jitter).toBe(383);
  });
});

describe('the echo of sender reports', () => {
  it('is 0 until one has arrived', () => {
    expect(receive([0, 1]).report(5_000)).toMatchObject({ lastSenderReport: 0, delaySinceLastSenderReport: 0 });
  });

  it('has its compact time and the time since, in 1/65 536 s', () => {
    const statistics = receive([0, 1]);
    const senderReport = { ssrc: 1, rtpTimestamp: 0, packetCount: 0, octetCount: 0 };
    statistics.onSenderReport({ ...senderReport, ntpSeconds: 0xb44d_b705, ntpFraction: 0x2000_0000 }, 1_000);
    expect(statistics.report(6_250)).toMatchObject({
      lastSenderReport: 0xb705_2000,
      delaySinceLastSenderReport: 0x0005_4000,
    });
  });
});
