import type { GateResult, GateRun, GateSuite } from '../../reports/gate/gate-schema.js';
import { judgeSeeds, worstVerdict } from './judge-seeds.js';
import { pointKey, type Shard } from './suite.js';

/**
 * Puts runs together, in whatever order they have ended, and judges them. Depends on nothing but the runs: parts of a suite that were run
 * on other machines make the same bytes.
 * @param parts `expected`: the points of the suite, or of the shard; what is missing of them was not run
 */
export function gateResult(parts: {
  readonly deadairVersion: string;
  readonly suite: GateSuite;
  readonly runs: readonly GateRun[];
  readonly shard?: Shard | undefined;
}): GateResult {
  const { deadairVersion, suite, shard } = parts;
  const byKey = new Map(parts.runs.map((run) => [pointKey(run.scenario, run.seed), run]));
  const expected = expectedPoints(suite, shard);
  const runs = expected.flatMap(({ scenario, seed }) => byKey.get(pointKey(scenario, seed)) ?? []);
  const missing = expected.filter(({ scenario, seed }) => !byKey.has(pointKey(scenario, seed)));
  const scenarios = suite.scenarios.flatMap(({ name }) => {
    const own = runs.filter(({ scenario }) => scenario === name);
    return own.length === 0 ? [] : [judgeSeeds(name, own)];
  });
  return {
    kind: 'deadair-gate',
    schemaVersion: 1,
    deadairVersion,
    suite,
    ...(shard === undefined ? {} : { shard: { index: shard.index, of: shard.of } }),
    ...(missing.length === 0 ? {} : { missing }),
    verdict: worstVerdict([
      ...scenarios.map(({ verdict }) => verdict),
      ...(missing.length === 0 ? [] : (['interrupted'] as const)),
    ]),
    scenarios,
    runs,
  };
}

/** The points of a suite, or of one shard of it, in order. */
export function expectedPoints(suite: GateSuite, shard?: Shard): { scenario: string; seed: number }[] {
  const points = suite.scenarios.flatMap(({ name, seeds }) => seeds.map((seed) => ({ scenario: name, seed })));
  return shard === undefined ? points : points.filter((_, index) => index % shard.of === shard.index - 1);
}
