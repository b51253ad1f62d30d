import { describe, expect, test } from 'vitest';
import { GccEstimator } from '../../../../core/media/gcc/gcc-estimator.js';
import { at, between, closedLoop, type FlowShape, jain, mean, type Sample, type Steps } from '../closed-loop.js';

/*
 * Test cases of RFC 8867 at the rates of voice: rates divided by 20 (4 Mbit/s are 200 kbit/s), the rest as it is there: 50 ms one way, up to 30 ms of jitter, tail drop
 * at 300 ms. Judged is the shape: nobody sends more than the link carries for longer than its queue allows, rates settle after a step, flows are fair.
 */

const flow = (shape: Partial<FlowShape> = {}): FlowShape => ({
  estimator: new GccEstimator({ startKbps: 30 }),
  ...shape,
});

/** Sum of what flows send, ten times a second. */
function total(flows: readonly Sample[][]): Sample[] {
  return flows[0]!.map((sample) => {
    const sent = flows.map((samples) => samples.find(({ timeMs }) => timeMs === sample.timeMs)?.sentKbps ?? 0);
    return { ...sample, sentKbps: sent.reduce((sum, kbps) => sum + kbps, 0) };
  });
}

const rate = (samples: readonly Sample[], fromMs: number, untilMs: number) =>
  mean(between(samples, fromMs, untilMs).map(({ sentKbps }) => sentKbps));

/** Each step of a capacity is followed: nobody sends too much for long, the queue drains, the last third of the step is used well. */
function expectFollowed(capacityKbps: Steps, flows: readonly Sample[][], untilMs: number): void {
  const sum = total(flows);
  for (const [i, [fromMs, kbps]] of capacityKbps.entries()) {
    const step = between(sum, fromMs, capacityKbps[i + 1]?.[0] ?? untilMs);
    const above = step.filter(({ sentKbps }) => sentKbps > 1.15 * kbps).length / 10;
    expect(above, `seconds above ${kbps}`).toBeLessThan(2);
    const drained = step.filter(({ timeMs }) => timeMs >= fromMs + 3_000);
    expect(Math.max(...drained.map(({ queueMs }) => queueMs)), `queue at ${kbps}`).toBeLessThan(100);
    const settled = step.slice(-Math.floor(step.length / 3));
    expect(mean(settled.map(({ sentKbps }) => sentKbps)) / kbps, `use of ${kbps}`).toBeGreaterThan(0.8);
    expect(mean(settled.map(({ queueMs }) => queueMs)), `queue at ${kbps}`).toBeLessThan(20);
  }
}

describe.each([0, 30])('RFC 8867 at a twentieth, with %i ms of jitter', (jitterMs) => {
  test('5.1, variable capacity, one flow', () => {
    const capacityKbps: Steps = [
      [0, 50],
      [40_000, 125],
      [60_000, 30],
      [80_000, 50],
    ];
    const flows = closedLoop({ capacityKbps, jitterMs }, [flow()], 100_000);
    expectFollowed(capacityKbps, flows, 100_000);
  });

  test('5.2, variable capacity, two flows', () => {
    const capacityKbps: Steps = [
      [0, 200],
      [25_000, 100],
      [50_000, 175],
      [75_000, 50],
      [100_000, 100],
    ];
    const flows = closedLoop({ capacityKbps, jitterMs }, [flow(), flow()], 125_000);
    expectFollowed(capacityKbps, flows, 125_000);
    for (const [fromMs] of capacityKbps)
      expect(jain(flows.map((samples) => rate(samples, fromMs + 10_000, fromMs + 25_000)))).toBeGreaterThan(0.93);
  });

  test('5.4, fairness of three flows that come one after the other', () => {
    const link: Steps = [[0, 175]];
    const starts = [0, 20_000, 40_000];
    const flows = closedLoop(
      { capacityKbps: link, jitterMs },
      starts.map((startMs) => flow({ startMs })),
      120_000,
    );
    expectFollowed(link, flows, 120_000);
    expect(jain(flows.map((samples) => rate(samples, 60_000, 80_000)))).toBeGreaterThan(0.88);
    expect(jain(flows.map((samples) => rate(samples, 100_000, 120_000)))).toBeGreaterThan(0.95);
  });

  test('5.8, one of three flows pauses: the others take its share and give it back', () => {
    const link: Steps = [[0, 175]];
    const paused = flow({
      rate: (kbps, timeMs) =>
        at(
          [
            [0, kbps],
            [40_000, 0],
            [60_000, kbps],
          ],
          timeMs,
        ),
    });
    const flows = closedLoop({ capacityKbps: link, jitterMs }, [flow(), paused, flow()], 120_000);
    const [first, second, third] = flows as [Sample[], Sample[], Sample[]];
    for (const other of [first, third]) {
      expect(rate(other, 50_000, 60_000)).toBeGreaterThan(1.3 * rate(other, 30_000, 40_000));
      expect(rate(other, 80_000, 120_000)).toBeLessThan(1.25 * rate(other, 30_000, 40_000));
    }
    expect(rate(second, 80_000, 120_000)).toBeGreaterThan(0.8 * rate(second, 30_000, 40_000));
    expect(jain(flows.map((samples) => rate(samples, 80_000, 120_000)))).toBeGreaterThan(0.95);
    const queueMs = between(first, 65_000, 120_000).map((sample) => sample.queueMs);
    expect(Math.max(...queueMs)).toBeLessThan(100);
  });
});
