import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EstimatorLimitsError } from '../../../core/media/estimator-limits.js';
import { LossRuleEstimator } from '../../../core/media/loss-rule-estimator.js';
import { between, closedLoop } from './closed-loop.js';

const report = (seconds: number, lossShare: number) => ({ atMs: seconds * 1000, lossShare, rttMs: 100 });

function estimates(estimator: LossRuleEstimator, losses: readonly number[]): number[] {
  return losses.map((loss, second) => {
    estimator.onLossReport(report(second, loss));
    return estimator.estimateKbps;
  });
}

/** How often a series of estimates changes its direction. */
function turns(values: readonly number[]): number {
  let count = 0;
  let direction = 0;
  for (let i = 1; i < values.length; i++) {
    const step = Math.sign(values[i]! - values[i - 1]!);
    if (step !== 0 && direction !== 0 && step !== direction) count++;
    if (step !== 0) direction = step;
  }
  return count;
}

describe('the loss rule (B4)', () => {
  test('over the threshold 15 % are taken off, at the threshold they are not', () => {
    expect(estimates(new LossRuleEstimator(), [0.1])).toEqual([64]);
    expect(estimates(new LossRuleEstimator(), [0.1001])).toEqual([64 * 0.85]);
  });

  test('well below the threshold 5 % are added', () => {
    expect(estimates(new LossRuleEstimator(), [0])).toEqual([64 * 1.05]);
    expect(estimates(new LossRuleEstimator(), [0.0499])).toEqual([64 * 1.05]);
    expect(estimates(new LossRuleEstimator(), [0.05])).toEqual([64]);
  });

  test('it stays within 16 and 128 kbit/s', () => {
    expect(estimates(new LossRuleEstimator(), Array(20).fill(0.5)).at(-1)).toBe(16);
    expect(estimates(new LossRuleEstimator(), Array(20).fill(0)).at(-1)).toBe(128);
  });

  test('after a fall it does not rise for 5 s, and near where it fell every 10 s', () => {
    const values = estimates(new LossRuleEstimator(), [0.2, ...Array(45).fill(0)]);
    const risesAt = values.flatMap((value, second) => (second > 0 && value > values[second - 1]! ? [second] : []));
    expect(values[0]).toBe(64 * 0.85);
    expect(risesAt.slice(0, 6)).toEqual([5, 6, 16, 26, 27, 28]);
  });

  test('REMB is an upper bound, and ceases to be one when it is not renewed', () => {
    const estimator = new LossRuleEstimator();
    estimator.onRemb(0, 40);
    expect(estimates(estimator, [0, 0])).toEqual([40, 40]);
    estimator.onLossReport(report(10, 0));
    expect(estimator.estimateKbps).toBe(40);
    estimator.onLossReport(report(10.001, 0));
    expect(estimator.estimateKbps).toBeGreaterThan(64);
  });

  test('limits that contradict themselves are refused with their values', () => {
    expect(() => new LossRuleEstimator({ minKbps: 100, maxKbps: 50 })).toThrow(EstimatorLimitsError);
    expect(() => new LossRuleEstimator({ minKbps: 0 })).toThrow('0 < minKbps');
    expect(() => new LossRuleEstimator({ startKbps: Number.NaN })).toThrow('NaN');
  });

  test('whatever is reported, in whatever order of time, the estimate is within its limits', () => {
    const input = fc.record({
      atMs: fc.integer({ min: 0, max: 60_000 }),
      lossShare: fc.double({ min: -1, max: 2 }),
      remb: fc.option(fc.double({ min: -10, max: 1000 })),
    });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        const estimator = new LossRuleEstimator();
        for (const { atMs, lossShare, remb } of inputs) {
          if (remb !== null) estimator.onRemb(atMs, remb);
          estimator.onLossReport({ atMs, lossShare, rttMs: null });
          expect(estimator.estimateKbps).toBeGreaterThanOrEqual(16);
          expect(estimator.estimateKbps).toBeLessThanOrEqual(128);
        }
      }),
    );
  });
});

describe('the loss rule on a link', () => {
  test('of any steady capacity comes to rest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 18, max: 150 }), fc.integer({ min: 16, max: 128 }), (capacityKbps, startKbps) => {
        const estimator = new LossRuleEstimator({ startKbps });
        const [samples] = closedLoop({ capacityKbps: [[0, capacityKbps]] }, [{ estimator }], 300_000);
        const late = between(samples!, 200_000, 300_000).map(({ estimateKbps }) => estimateKbps);
        expect(Math.max(...late)).toBe(Math.min(...late));
        expect(late[0]).toBeGreaterThan(0.9 * Math.min(capacityKbps, 128));
        expect(late[0]).toBeLessThan(1.13 * capacityKbps);
      }),
      { numRuns: 15 },
    );
  });

  test('with loss around the threshold it hardly turns, and without the hold it turns all the time', () => {
    class WithoutHold extends LossRuleEstimator {
      protected override mayRise(): boolean {
        return true;
      }
    }
    const losses = Array.from({ length: 120 }, (_, second) => (second % 2 === 0 ? 0.105 : 0.095));
    expect(turns(estimates(new LossRuleEstimator(), losses))).toBe(0);
    expect(turns(estimates(new WithoutHold(), losses))).toBeGreaterThan(50);
  });

  test('it recovers fully after a burst of loss', () => {
    const estimator = new LossRuleEstimator({ startKbps: 120 });
    const shape = {
      capacityKbps: [[0, 500]],
      loss: [
        [0, 0],
        [10_000, 0.3],
        [30_000, 0],
      ],
    } as const;
    const [samples] = closedLoop(shape, [{ estimator }], 90_000);
    expect(between(samples!, 29_000, 30_000)[0]!.estimateKbps).toBeLessThan(20);
    expect(samples!.at(-1)!.estimateKbps).toBe(128);
  });
});
