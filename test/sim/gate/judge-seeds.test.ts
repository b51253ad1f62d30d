import { describe, expect, test } from 'vitest';
import { failuresOf, type GateRun, renderGateTerminal } from '../../../reports/gate/index.js';
import type { RunResult } from '../../../reports/result-schema.js';
import { FailingScenarios, gateResult, mergeShards, runRecord } from '../../../sim/gate/index.js';
import { judgeSeeds } from '../../../sim/gate/judge-seeds.js';
import { Samples } from '../../../sim/metrics/recorder.js';
import {
  aggregatePools,
  evaluateExpectations,
  parseExpectation,
  rateOf,
  resolveScenario,
} from '../../../sim/scenario/index.js';
import { fixtureGate, fixtureRun, fixtureSuite } from '../../reports/gate/gate-fixture.js';

const runs = (latencies: readonly (number | null)[], over: 'worst' | 'best' | 'median' | 'mean' = 'worst'): GateRun[] =>
  latencies.map((latency, index) => {
    const run = fixtureRun('s', index + 1, [latency ?? 0, 0]);
    const [level, lost] = run.expectations;
    return { ...run, expectations: [{ ...level!, over, values: [latency] }, lost!] };
  });

describe('a level over seeds', () => {
  test.each([
    ['worst', [100, 250, 150], { actual: 250, pass: false, seed: 2, missedSeeds: 1 }],
    ['best', [100, 250, 150], { actual: 100, pass: true, seed: 2, missedSeeds: 1 }],
    ['median', [100, 250, 150], { actual: 150, pass: true }],
    ['median', [100, 250, 190, 230], { actual: 210, pass: false }],
    ['mean', [100, 250, 100], { actual: 150, pass: true }],
    ['worst', [100, null], { actual: null, pass: false, reason: 'no samples', seed: 2 }],
    ['mean', [100, null], { actual: 100, pass: true }],
    ['mean', [null, null], { actual: null, pass: false, reason: 'no samples' }],
  ] as const)('%s of %j', (over, latencies, expected) => {
    expect(judgeSeeds('s', runs(latencies, over)).levels[0]).toMatchObject(expected);
  });

  test('pooled: one percentile of the samples of all seeds, and the share of everything', () => {
    const values = (from: number) => Array.from({ length: 100 }, (_, index) => from + index);
    const run = (seed: number, from: number, whole: number): GateRun => {
      const entry = { join_latency_ms: 'p(95)<200 && count==200', error_rate: 'rate<0.1', lost_joins: 'count==0' };
      const samples = new Samples();
      for (const value of values(from)) samples.add(0, value);
      const expectations = Object.fromEntries(
        Object.entries(entry).map(([name, expect]) => [
          name,
          [{ expect, level: 'fail' as const, over: 'pooled' as const }],
        ]),
      );
      const found = evaluateExpectations(expectations, {
        join_latency_ms: samples,
        error_rate: rateOf(whole / seed / 10, whole),
        lost_joins: { kind: 'counter', value: seed - 1 },
      });
      const scenario = { ...resolveScenario({ name: 's' }), expectations };
      const suiteEntry = {
        name: 's',
        reference: 's',
        overrides: [],
        scenario,
        hash: '',
        levels: '',
        over: 'worst',
        seeds: [],
      } as const;
      const result = { verdict: 'pass', metrics: {}, expectations: found, violations: [] } as unknown as RunResult;
      return runRecord(suiteEntry, seed, { kind: 'result', result });
    };
    const [latency, errors, lost] = judgeSeeds('s', [run(1, 1, 900), run(2, 101, 100)]).levels;
    // of 1 to 200; the worst seed alone has 195, the mean of both is 145
    expect(latency).toMatchObject({ over: 'pooled', actual: 190, pass: true });
    // 90 of 900 and 5 of 100
    expect(errors?.actual).toBeCloseTo(0.095, 9);
    // one number a seed: the worst
    expect(lost).toMatchObject({ over: 'worst', actual: 1, pass: false });
  });

  /** Runs with one level over the samples of all of them. */
  const pooled = (expression: string, pools: readonly (readonly (readonly [value: number, weight: number])[])[]) =>
    pools.map((points, index): GateRun => {
      const values = points.map(([value, weight]): [number, number] => [value, weight]);
      const count = values.reduce((total, [, weight]) => total + weight, 0);
      const sum = values.reduce((total, [value, weight]) => total + value * weight, 0);
      const pool = { count, sum, min: values[0]?.[0] ?? null, max: values.at(-1)?.[0] ?? null, values };
      const { aggregation } = parseExpectation('', 'histogram', expression).comparisons[0]!;
      const level = { metric: 'join_latency_ms', expression, level: 'fail', over: 'pooled' } as const;
      return {
        ...fixtureRun('s', index + 1, [1, 0]),
        expectations: [{ ...level, values: [aggregatePools(aggregation, [pool])], pool }],
      };
    });

  test('pooled: names the seed that contributes most, which need not be the worst alone', () => {
    const judged = (expression: string, ...pools: Parameters<typeof pooled>[1]) =>
      judgeSeeds('s', pooled(expression, pools)).levels[0];
    // ten of ten are too slow at seed 1, 200 of 1 000 at seed 2
    const few = [[500, 10]] as const;
    const many = [
      [100, 800],
      [300, 200],
    ] as const;
    expect(judged('p(95)<200', few, many)).toMatchObject({ actual: 300, pass: false, seed: 2, missedSeeds: 2 });
    expect(judged('avg<120', few, many)).toMatchObject({ pass: false, seed: 2 });
    expect(judged('max<400', few, many)).toMatchObject({ actual: 500, pass: false, seed: 1, missedSeeds: 1 });
    // more than half of them above 250: what is below counts
    expect(judged('med>250', few, many, [[100, 5]])).toMatchObject({ actual: 100, pass: false, seed: 2 });
    expect(judged('count<900', few, many, [[100, 5]])).toMatchObject({ actual: 1_015, seed: 2, missedSeeds: 1 });
    expect(judged('count>9000', few, many, [[100, 5]])).toMatchObject({ actual: 1_015, seed: 3, missedSeeds: 3 });
    expect(judged('count==1000', few, many, [[100, 5]])).toMatchObject({ actual: 1_015, seed: 2, missedSeeds: 2 });
  });

  test('pooled: seeds may miss together what none of them misses alone', () => {
    const result = fixtureGate(pooled('count<30', [[[1, 10]], [[1, 14]], [[1, 12]]]));
    expect(result.scenarios[0]!.levels[0]).toMatchObject({ actual: 36, pass: false, seed: 2, missedSeeds: 0 });
    const [failure] = failuresOf(result);
    expect(failure).toMatchObject({
      ...{ found: '36', worst: 'seed 2 contributes most', seeds: '3 seeds together, none alone' },
      command: 'deadair run s --seed 2',
    });
    expect(renderGateTerminal(result, { color: false })).toContain(
      '  seed 2 contributes most; 3 seeds together, none alone. Again:\n',
    );
    const [some] = failuresOf(fixtureGate(pooled('count<13', [[[1, 10]], [[1, 14]]])));
    expect(some).toMatchObject({ worst: 'seed 2 contributes most', seeds: '2 seeds together, 1 alone' });
  });

  test('a number of samples has no unit, whatever the metric measures', () => {
    const judged = (expression: string, values: readonly number[]) => {
      const level = { metric: 'join_latency_ms', expression, level: 'fail', over: 'worst' } as const;
      const run = { ...fixtureRun('s', 1, [1, 0]), expectations: [{ ...level, values: [...values] }] };
      const result = fixtureGate([run]);
      return [result.scenarios[0]!.levels[0]!.unit, failuresOf(result)[0]?.found];
    };
    expect(judged('count>0', [0])).toEqual(['1', '0']);
    expect(judged('p(95)<200', [250])).toEqual(['ms', '250\u00a0ms']);
    // what is told is the comparison that fails
    expect(judged('p(95)<200 && count>100', [150, 40])).toEqual(['1', '40']);
    expect(judged('count>0 && p(95)<200', [40, 250])).toEqual(['ms', '250\u00a0ms']);
    expect(judged('p(95)<200 && count>0', [150, 40])).toEqual(['ms', undefined]);
  });

  test('the worst seed of >, and of ==, is the one that is furthest off', () => {
    const level = (expression: string, values: readonly number[]) =>
      judgeSeeds(
        's',
        values.map((value, index) => {
          const run = fixtureRun('s', index + 1, [1, 0]);
          const kept = { metric: 'error_rate', level: 'fail', over: 'worst' } as const;
          return { ...run, expectations: [{ ...kept, expression, values: expression.split('&&').map(() => value) }] };
        }),
      ).levels[0];
    expect(level('rate>0.98', [1, 0.5, 0.9])).toMatchObject({ actual: 0.5, seed: 2, missedSeeds: 2 });
    expect(level('rate==1', [1, 0.9, 3])).toMatchObject({ actual: 3, seed: 3 });
    expect(level('rate>0.1 && rate<0.6', [0.3, 0.9, 0.05])).toMatchObject({ seed: 2, missedSeeds: 2, actual: 0.9 });
  });

  test('a warning does not change the verdict', () => {
    const [run] = runs([500]);
    const warned = { ...run!, expectations: [{ ...run!.expectations[0]!, level: 'warn' as const }] };
    expect(judgeSeeds('s', [warned])).toMatchObject({ verdict: 'pass', levels: [{ pass: false }] });
  });
});

test('the worst verdict counts: safety, then liveness, then no result, then a missed level', () => {
  const [run] = runs([500]);
  const violated = (kind: 'safety' | 'liveness'): GateRun => ({
    ...run!,
    seed: 2,
    verdict: kind,
    violations: [{ oracle: `an-oracle-of-${kind}`, kind, atS: 1, message: 'oh' }],
  });
  const broken: GateRun = {
    ...run!,
    seed: 3,
    verdict: 'broken',
    expectations: [],
    problem: { code: 'c', message: 'm' },
  };
  const verdict = (...all: GateRun[]) => judgeSeeds('s', all).verdict;
  expect(verdict(run!)).toBe('slo-missed');
  expect(verdict(run!, broken)).toBe('broken');
  expect(verdict(run!, broken, violated('liveness'))).toBe('liveness');
  expect(verdict(run!, broken, violated('liveness'), { ...violated('safety'), seed: 4 })).toBe('safety');
  expect(judgeSeeds('s', [violated('safety'), { ...violated('safety'), seed: 7 }]).violations).toMatchObject([
    { oracle: 'an-oracle-of-safety', seed: 2, seeds: 2 },
  ]);
});

test('while it runs, a gate counts what would fail if it ended now', () => {
  const failing = new FailingScenarios();
  const median = (scenario: string, latencies: readonly number[]) =>
    runs(latencies, 'median').map((run) => ({ ...run, scenario, verdict: 'slo-missed' as const }));
  expect(failing.text).toBe('');
  for (const run of median('a', [250, 210])) failing.add(run);
  expect(failing.text).toBe('  1 scenario fails so far');
  // the median of three, one of which is fast; a seed alone has missed its level
  for (const run of [...median('a', [100, 150]), ...median('b', [100, 120, 900])]) failing.add(run);
  expect([failing.count, failing.text]).toEqual([0, '']);
  failing.add({
    ...fixtureRun('c', 1, [1, 0]),
    verdict: 'broken',
    problem: { code: 'c', message: 'm' },
    expectations: [],
  });
  for (const run of runs([900]).map((run) => ({ ...run, scenario: 'd' }))) failing.add(run);
  expect(failing.text).toBe('  2 scenarios fail so far');
});

describe('shards', () => {
  const seeds = [1, 2, 3];
  const all = ['a', 'b'].flatMap((name) => seeds.map((seed) => fixtureRun(name, seed, [100 + seed, 0])));
  const suite = fixtureSuite(['a', 'b'], seeds);
  const shardOf = (index: number, of: number) => {
    const runsOf = all.filter((_, at) => at % of === index - 1);
    return {
      path: `${index}.json`,
      result: gateResult({ deadairVersion: '0.1.0', suite, runs: runsOf, shard: { index, of } }),
    };
  };
  const whole = fixtureGate(all);

  test.each([1, 2, 3, 5, 6])('%i of them, in any order, make the result of one run', (of) => {
    const files = Array.from({ length: of }, (_, index) => shardOf(index + 1, of)).reverse();
    expect(JSON.stringify(mergeShards(files))).toBe(JSON.stringify(whole));
  });

  test('runs may end in any order', () => {
    const other = gateResult({ deadairVersion: '0.1.0', suite, runs: [...all].reverse() });
    expect(JSON.stringify(other)).toBe(JSON.stringify(whole));
  });

  test.each([
    ['missing', [shardOf(1, 3), shardOf(3, 3)], 'shard 2/3 is missing', 2],
    ['doubled', [shardOf(1, 2), shardOf(2, 2), shardOf(2, 2)], 'shard 2/2 is there twice', 2],
    ['of another number', [shardOf(1, 2), shardOf(2, 3)], 'shard.of is 3', 6],
    ['no shard', [{ path: 'w.json', result: whole }], 'w.json is the result of a whole gate', 2],
    [
      'interrupted and no shard',
      [{ path: 'w.json', result: gateResult({ deadairVersion: '0.1.0', suite, runs: all.slice(1) }) }],
      'interrupted, 1 of its 6 runs are missing: give the same deadair gate command again, with --resume --out w.json',
      2,
    ],
    [
      'of another suite',
      [shardOf(1, 2), { path: 'x.json', result: { ...shardOf(2, 2).result, suite: { ...suite, hash: 'cccc' } } }],
      'x.json: suite.hash is fixture cccc',
      6,
    ],
    [
      'of another version',
      [shardOf(1, 2), { path: 'x.json', result: { ...shardOf(2, 2).result, deadairVersion: '9' } }],
      'x.json: deadairVersion is 9',
      6,
    ],
    [
      'incomplete',
      [
        shardOf(1, 2),
        {
          path: 'x.json',
          result: gateResult({ deadairVersion: '0.1.0', suite, runs: all.slice(1, 2), shard: { index: 2, of: 2 } }),
        },
      ],
      'x.json: shard 2/2 was interrupted, 2 of its runs are missing',
      2,
    ],
  ])('%s is refused by name', (_, files, message, exitCode) => {
    expect(() => mergeShards(files)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), exitCode }),
    );
  });
});
