import { describe, expect, test } from 'vitest';
import { LossController } from '../../../../core/media/gcc/loss-controller.js';

/** The rate after each of some reports. */
function rates(
  startKbps: number,
  reports: readonly (readonly [atMs: number, lossShare: number])[],
  rttMs: number | null = 100,
): number[] {
  const controller = new LossController(startKbps);
  return reports.map(([atMs, lossShare]) => {
    controller.onReport({ atMs, lossShare, rttMs }, Number.POSITIVE_INFINITY);
    return controller.rateKbps;
  });
}

describe('the loss part of GCC', () => {
  test('up to 2 % of loss the rate grows by 8 % and 1 kbit/s', () => {
    expect(rates(100, [[0, 0]])).toEqual([109]);
    expect(rates(100, [[0, 0.02]])).toEqual([109]);
  });

  test('over 2 % and up to 10 % it holds', () => {
    expect(rates(100, [[0, 0.0201]])).toEqual([100]);
    expect(rates(100, [[0, 0.1]])).toEqual([100]);
  });

  test('over 10 % it is multiplied by 1 - loss / 2', () => {
    expect(rates(100, [[0, 0.1001]])[0]).toBeCloseTo(100 * (1 - 0.05005), 10);
    expect(rates(100, [[0, 0.4]])).toEqual([80]);
    expect(rates(100, [[0, 1]])).toEqual([50]);
  });

  test('it falls at most once per 300 ms and a round trip', () => {
    expect(
      rates(100, [
        [0, 0.2],
        [399, 0.2],
        [400, 0.2],
      ]),
    ).toEqual([90, 90, 81]);
    expect(
      rates(
        100,
        [
          [0, 0.2],
          [299, 0.2],
          [300, 0.2],
        ],
        null,
      ),
    ).toEqual([90, 90, 81]);
  });

  test('it grows on the minimum of the last second, so once a second however often reports come', () => {
    const often = rates(
      100,
      Array.from({ length: 21 }, (_, i) => [i * 100, 0] as const),
    );
    expect(often.slice(0, 10)).toEqual(Array(10).fill(109));
    expect(often[10]).toBeCloseTo(109 * 1.08 + 1, 10);
    expect(often[19]).toBe(often[10]);
    expect(often[20]).toBeCloseTo((109 * 1.08 + 1) * 1.08 + 1, 10);
  });

  test('reports that come a little early or late, or every other second, cost no growth', () => {
    const even = rates(100, [
      [0, 0],
      [1_000, 0],
      [2_000, 0],
      [3_000, 0],
      [4_000, 0],
    ]).at(-1);
    expect(
      rates(100, [
        [0, 0],
        [990, 0],
        [2_010, 0],
        [2_999, 0],
        [4_001, 0],
      ]).at(-1),
    ).toBe(even);
    expect(
      rates(100, [
        [0, 0],
        [2_000, 0],
        [4_000, 0],
      ]).at(-1),
    ).toBe(even);
  });

  test('after a fall the minimum is the fallen rate: it may grow at once', () => {
    expect(
      rates(100, [
        [0, 0],
        [500, 0.2],
        [600, 0],
      ])[2],
    ).toBeCloseTo(109 * 0.9 * 1.08 + 1, 10);
  });

  test('holding and falling start from what other parts allow', () => {
    const rate = (lossShare: number) => {
      const controller = new LossController(1_000);
      controller.onReport({ atMs: 0, lossShare, rttMs: 0 }, 100);
      return controller.rateKbps;
    };
    expect(rate(0.2)).toBe(90);
    expect(rate(0.05)).toBe(100);
    expect(rate(0)).toBe(1_081);
  });

  test('a share that is no number changes nothing', () => {
    expect(rates(100, [[0, Number.NaN]])).toEqual([100]);
  });
});
