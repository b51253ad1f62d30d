import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PercentileSeries } from '../../../../sim/media/ears/percentile-series.js';
import { WeightedHistogram } from '../../../../sim/media/ears/weighted-histogram.js';
import { Samples } from '../../../../sim/metrics/recorder.js';

describe('a weighted histogram', () => {
  test('agrees with all samples kept, to half a bin', () => {
    const value = fc.tuple(fc.double({ min: 0, max: 500, noNaN: true }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1),
        (values, share) => {
          const histogram = new WeightedHistogram(0.1);
          const samples = new Samples();
          for (const [each, weight] of values) {
            histogram.add(each, weight);
            for (let i = 0; i < weight; i++) samples.add(0, each);
          }
          expect(Math.abs(histogram.quantile(share) - samples.quantile(share))).toBeLessThanOrEqual(0.05 + 1e-9);
          expect([histogram.min, histogram.max, histogram.count]).toEqual([samples.min, samples.max, samples.count]);
          expect(histogram.avg).toBeCloseTo(samples.avg, 8);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('has no quantile without values, and forgets them', () => {
    const histogram = new WeightedHistogram(1);
    expect(histogram.quantile(0.5)).toBeNaN();
    histogram.add(7, 0);
    expect(histogram.count).toBe(0);
    histogram.add(7, 2);
    histogram.clear();
    expect([histogram.count, histogram.quantile(0.5), histogram.max]).toEqual([0, Number.NaN, Number.NaN]);
  });

  test('counts a value that comes again, also after it was forgotten', () => {
    const histogram = new WeightedHistogram(1);
    for (let round = 1; round <= 2; round++) {
      histogram.clear();
      histogram.add(300, round);
      histogram.add(300, 2);
      expect([...histogram.weighted()]).toEqual([[300, round + 2]]);
      expect([histogram.min, histogram.max, histogram.avg]).toEqual([300, 300, 300]);
    }
  });

  test('keeps the greatest value exact, however far out', () => {
    const histogram = new WeightedHistogram(0.1);
    histogram.add(1, 99);
    histogram.add(1e9, 1);
    expect([histogram.max, histogram.quantile(1), histogram.quantile(0.99)]).toEqual([1e9, 1e9, 1]);
  });

  test('adds up to coarser bars', () => {
    const histogram = new WeightedHistogram(0.001);
    for (const value of [4.1, 4.2, 4.3, 1]) histogram.add(value, 1);
    expect(histogram.coarse(0.25)).toEqual([
      [1, 1],
      [4, 2],
      [4.25, 1],
    ]);
  });
});

test('percentiles over time have one point for each window in which something was heard', () => {
  const series = new PercentileSeries(10e6, 1, [0.5, 1]);
  series.add(1e6, 20, 1);
  series.add(9e6, 40, 3);
  series.add(35e6, 60, 1);
  series.close();
  expect(series.points).toEqual([
    [5, 40, 40],
    [35, 60, 60],
  ]);
});
