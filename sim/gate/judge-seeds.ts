import type { GateFinding, GateLevel, GateRun, GateScenario, GateVerdict } from '../../reports/gate/gate-schema.js';
import {
  aggregatePools,
  type Comparison,
  contribution,
  holds,
  metricDescription,
  parseExpectation,
  parseSelector,
  unitOf,
} from '../scenario/index.js';

/** Worst first. */
const SEVERITY: readonly GateVerdict[] = [
  'safety',
  'liveness',
  'broken',
  'slo-missed',
  'regression',
  'interrupted',
  'pass',
];

/** The worst of several verdicts. */
export function worstVerdict(verdicts: readonly GateVerdict[]): GateVerdict {
  return SEVERITY.find((verdict) => verdicts.includes(verdict)) ?? 'pass';
}

/**
 * Judges one scenario over its seeds. What oracles have found counts at any seed; a service level is judged over all seeds, as its
 * `over` says.
 */
export function judgeSeeds(name: string, runs: readonly GateRun[]): GateScenario {
  const violations = findings(runs);
  const problems = problemsOf(runs);
  const judged = runs.filter(({ verdict }) => verdict !== 'broken');
  const levels = (judged[0]?.expectations ?? []).map((_, index) => judgeLevel(judged, index));
  const verdict = worstVerdict([
    ...violations.map(({ kind }) => kind),
    ...(problems.length > 0 ? (['broken'] as const) : []),
    ...(levels.some(({ pass, level }) => !pass && level === 'fail') ? (['slo-missed'] as const) : []),
  ]);
  return { name, verdict, seeds: runs.length, levels, violations, problems };
}

function findings(runs: readonly GateRun[]): GateFinding[] {
  const byOracle = new Map<string, GateFinding>();
  for (const { seed, violations } of runs) {
    for (const { oracle, kind, message, atS } of violations) {
      const known = byOracle.get(oracle);
      if (known === undefined) byOracle.set(oracle, { oracle, kind, message, atS, seed, seeds: 1 });
      else known.seeds++;
    }
  }
  const rank = ({ kind }: GateFinding) => (kind === 'safety' ? 0 : 1);
  return [...byOracle.values()].sort((a, b) => rank(a) - rank(b) || b.seeds - a.seeds);
}

function problemsOf(runs: readonly GateRun[]): GateScenario['problems'] {
  const byCode = new Map<string, GateScenario['problems'][number]>();
  for (const { seed, problem } of runs) {
    if (problem === undefined) continue;
    const known = byCode.get(problem.code);
    if (known === undefined) byCode.set(problem.code, { ...problem, seed, seeds: 1 });
    else known.seeds++;
  }
  return [...byCode.values()];
}

/** What one seed has to say of a level: by how much it misses or holds. */
interface SeedValue {
  readonly seed: number;
  readonly values: readonly (number | null)[];
}

function judgeLevel(runs: readonly GateRun[], index: number): GateLevel {
  const { metric, expression, level, over } = runs[0]!.expectations[index]!;
  const { kind = 'histogram', unit = '1' } = metricDescription(parseSelector(metric).metric) ?? {};
  const { comparisons } = parseExpectation(metric, kind, expression);
  const seeds = runs.map(({ seed, expectations }) => ({ seed, values: expectations[index]!.values }));
  const missed = seeds.filter((each) => !meets(each, comparisons));
  const worst = most(seeds, (each) => shortfall(each, comparisons));
  const best = most(seeds, (each) => -shortfall(each, comparisons));
  const values =
    over === 'worst'
      ? worst.values
      : over === 'best'
        ? best.values
        : over === 'pooled'
          ? comparisons.map(({ aggregation }) => aggregatePools(aggregation, poolsOf(runs, index)))
          : comparisons.map((_, at) => middle(over, present(seeds.map((each) => each.values[at] ?? null))));
  const failing = comparisons.findIndex((comparison, at) => !met(values[at] ?? null, comparison));
  const told = Math.max(0, failing);
  const actual = values[told] ?? null;
  return {
    metric,
    unit: unitOf(comparisons[told]!.aggregation, { kind, unit }),
    expression,
    level,
    over,
    actual,
    pass: failing < 0,
    ...(actual === null ? { reason: 'no samples' } : {}),
    seed: over === 'pooled' ? contributor(runs, index, comparisons[told]!, actual) : worst.seed,
    missedSeeds: missed.length,
  };
}

/** The first one with the largest figure. */
function most<T>(items: readonly T[], figure: (item: T) => number): T {
  return items.reduce((chosen, item) => (figure(item) > figure(chosen) ? item : chosen));
}

/** The seed whose samples do most to move what all seeds have together to the wrong side. */
function contributor(runs: readonly GateRun[], index: number, comparison: Comparison, actual: number | null): number {
  return most(runs, ({ expectations }) => {
    const pool = expectations[index]?.pool;
    return pool === undefined ? Number.NEGATIVE_INFINITY : contribution(pool, comparison, actual);
  }).seed;
}

function poolsOf(runs: readonly GateRun[], index: number) {
  return runs.flatMap(({ expectations }) => expectations[index]?.pool ?? []);
}

function meets({ values }: SeedValue, comparisons: readonly Comparison[]): boolean {
  return comparisons.every((comparison, index) => met(values[index] ?? null, comparison));
}

function met(value: number | null, comparison: Comparison): boolean {
  return value !== null && holds(value, comparison);
}

/** How far a seed is on the wrong side, in the unit of the metric: the comparison that is worst; infinite without samples. */
function shortfall({ values }: SeedValue, comparisons: readonly Comparison[]): number {
  return Math.max(
    ...comparisons.map(({ operator, bound }, index) => {
      const value = values[index] ?? null;
      if (value === null) return Number.POSITIVE_INFINITY;
      if (operator === '<' || operator === '<=') return value - bound;
      if (operator === '>' || operator === '>=') return bound - value;
      const distance = Math.abs(value - bound);
      return operator === '==' ? distance : -distance;
    }),
  );
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** The median (of an even number: the mean of the two in the middle), or the mean; null without values. */
function middle(over: 'median' | 'mean', values: readonly number[]): number | null {
  if (values.length === 0) return null;
  if (over === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
