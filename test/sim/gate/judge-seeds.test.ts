import { describe, expect, test } from 'vitest';
import type { GateRun } from '../../../reports/gate/index.js';
import type { RunResult } from '../../../reports/result-schema.js';
import { gateResult, mergeShards, runRecord } from '../../../sim/gate/index.js';
import { judgeSeeds } from '../../../sim/gate/judge-seeds.js';
import { Samples } from '../../../sim/metrics/recorder.js';
import { evaluateExpectations, rateOf, resolveScenario } from '../../../sim/scenario/index.js';
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
