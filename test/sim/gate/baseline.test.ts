import { describe, expect, test } from 'vitest';
import { describeGate } from '../../../reports/gate/gate-words.js';
import type { GateRun } from '../../../reports/gate/index.js';
import { checkComparable, compareWithBaseline, makeBaseline } from '../../../sim/gate/index.js';
import { holm } from '../../../sim/gate/statistics/holm.js';
import { pairedChange } from '../../../sim/gate/statistics/paired-change.js';
import { quantileOfT, tailOfT } from '../../../sim/gate/statistics/student-t.js';
import { fixtureGate, fixtureRun, fixtureSuite } from '../../reports/gate/gate-fixture.js';

describe("Student's t", () => {
  // Abramowitz and Stegun, table 26.10
  test.each([
    [0.025, 1, 12.706],
    [0.025, 4, 2.776],
    [0.025, 19, 2.093],
    [0.005, 9, 3.25],
    [0.0005, 30, 3.646],
  ])('upper %f of %i degrees lies above %f', (tail, degrees, t) => {
    expect(quantileOfT(tail, degrees)).toBeCloseTo(t, 2);
    expect(tailOfT(t, degrees)).toBeCloseTo(tail, 3);
    expect(tailOfT(-t, degrees)).toBeCloseTo(1 - tail, 3);
  });

  test('one degree is Cauchy, two have a closed form', () => {
    for (const t of [0, 0.3, 1, 7, 1e4]) {
      expect(tailOfT(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 12);
      expect(tailOfT(t, 2)).toBeCloseTo(0.5 - t / (2 * Math.sqrt(2 + t * t)), 12);
    }
  });
});

test("Holm's correction", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

describe('a paired change', () => {
  const tolerance = { ratio: 0.02, difference: 1 };
  test('every pair 10 % more is 10 % more, without doubt', () => {
    const change = pairedChange([100, 200, 400], [110, 220, 440], tolerance, 'ratio');
    expect(change.scale).toBe('ratio');
    for (const value of [change.change, change.low, change.high]) expect(value).toBeCloseTo(0.1, 9);
    expect(change).toMatchObject({ pRise: 0, pFall: 1 });
  });

  test('what differs less than the tolerance is no change', () => {
    expect(pairedChange([100, 200, 400], [101, 202, 404], tolerance, 'ratio')).toMatchObject({ pRise: 1, pFall: 1 });
  });

  test('a zero makes it a difference', () => {
    expect(pairedChange([0, 2, 4], [3, 5, 7], tolerance, 'ratio')).toMatchObject({
      scale: 'difference',
      change: 3,
      pRise: 0,
    });
  });

  test('the interval is that of the t-test', () => {
    const { change, low, high } = pairedChange([0, 0, 0, 0], [1, 2, 3, 4], tolerance, 'difference');
    expect(change).toBe(2.5);
    // 3.182 (three degrees) x 1.291 / 2
    expect(high - change).toBeCloseTo(2.054, 3);
    expect(change - low).toBeCloseTo(2.054, 3);
  });
});

const gateOf = (latency: (seed: number) => number, names: readonly string[] = ['a', 'b']) =>
  fixtureGate(names.flatMap((name) => [1, 2, 3, 4, 5, 6].map((seed) => fixtureRun(name, seed, [latency(seed), 0]))));

describe('against a baseline', () => {
  const before = gateOf((seed) => 100 + seed);
  const baseline = makeBaseline(before);

  test('the same is the same', () => {
    const { comparison, verdict } = compareWithBaseline(before, baseline);
    expect(comparison).toMatchObject({ changes: [], comparisons: 4 });
    expect(verdict).toBe('pass');
  });

  test('11 % more is a regression, with its interval, and the scenario says so', () => {
    const result = compareWithBaseline(
      gateOf((seed) => (100 + seed) * (1.1 + seed * 0.003)),
      baseline,
    );
    expect(result.verdict).toBe('regression');
    expect(result.scenarios.map(({ verdict }) => verdict)).toEqual(['regression', 'regression']);
    const [first] = result.comparison!.changes;
    expect(first).toMatchObject({
      outcome: 'regression',
      metric: 'join_latency_ms',
      scale: 'ratio',
      pairs: 6,
      seed: 6,
    });
    expect(first!.change).toBeCloseTo(0.11, 2);
    expect(first!.low).toBeGreaterThan(0.1);
    expect(first!.high).toBeLessThan(0.13);
  });

  test('less is an improvement, and no reason to fail', () => {
    const result = compareWithBaseline(
      gateOf((seed) => (100 + seed) * 0.8),
      baseline,
    );
    expect(result.verdict).toBe('pass');
    expect(result.comparison!.changes.map(({ outcome }) => outcome)).toEqual(Array(4).fill('improvement'));
  });

  test('noise is no regression', () => {
    const noisy = gateOf((seed) => (100 + seed) * [0.9, 1.15, 0.97, 1.1, 0.95, 1.06][seed - 1]!);
    expect(compareWithBaseline(noisy, baseline).verdict).toBe('pass');
  });

  test('a figure that is not measured any more is a regression', () => {
    const gone = gateOf((seed) => 100 + seed);
    const runs: GateRun[] = gone.runs.map((run) => ({ ...run, metrics: {} }));
    const result = compareWithBaseline({ ...gone, runs }, baseline);
    expect(result.verdict).toBe('regression');
    expect(result.comparison!.changes[0]).toMatchObject({
      now: null,
      reason: expect.stringContaining('without samples'),
    });
  });

  test('too few seeds say nothing', () => {
    const few = fixtureGate([1, 2].map((seed) => fixtureRun('a', seed, [100, 0])));
    const slow = fixtureGate([1, 2].map((seed) => fixtureRun('a', seed, [150, 0])));
    expect(compareWithBaseline(slow, makeBaseline(few)).comparison).toMatchObject({ comparisons: 0 });
  });

  const suite = fixtureSuite(['a', 'b'], [1, 2, 3, 4, 5, 6]);
  test.each([
    ['suite', { ...suite, name: 'other' }],
    ['scenarios', fixtureSuite(['c'], [1, 2, 3, 4, 5, 6])],
    ['scenarios.a.seeds', fixtureSuite(['a', 'b'], [1, 2, 3])],
    ['scenarios.b.hash', { ...suite, scenarios: [suite.scenarios[0]!, { ...suite.scenarios[1]!, hash: 'x' }] }],
  ])('another %s is refused with its name', (field, other) => {
    expect(() => checkComparable(other, baseline, 'base.json')).toThrow(
      expect.objectContaining({ exitCode: 6, message: expect.stringMatching(new RegExp(`^base.json: ${field} is `)) }),
    );
  });

  test('what only one of them has is named, and the rest is compared', () => {
    const both = { ...fixtureSuite(['c', 'b'], [1, 2, 3, 4, 5, 6]) };
    expect(checkComparable(both, baseline, 'base.json')).toBeUndefined();
    const now = gateOf((seed) => (100 + seed) * 1.2, ['c', 'b']);
    const result = compareWithBaseline(now, baseline);
    expect(result.comparison).toMatchObject({ added: ['c'], gone: ['a'], comparisons: 2 });
    expect(result.scenarios.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['c', 'pass'],
      ['b', 'regression'],
    ]);
    expect(describeGate(result).detail).toContain('New, not compared: c. In the baseline only: a.');
  });

  test('other service levels may be compared', () => {
    const levels = { ...suite, scenarios: suite.scenarios.map((each) => ({ ...each, levels: 'cccc' })) };
    expect(checkComparable(levels, baseline, 'base.json')).toBeUndefined();
  });
});
