import type { Baseline } from '../../reports/gate/baseline-schema.js';
import type { GateChange, GateComparison } from '../../reports/gate/comparison-schema.js';
import type { GateResult } from '../../reports/gate/gate-schema.js';
import { DeadairError, ExitCode } from '../errors.js';
import { metricDescription } from '../scenario/index.js';
import { COMPARED, type ComparedFigure, figureOf } from './compared-figures.js';
import { worstVerdict } from './judge-seeds.js';
import { holm } from './statistics/holm.js';
import { PAIRS_MIN, pairedChange } from './statistics/paired-change.js';

/** Of gates in which nothing has become worse, at most this share is flagged. */
export const FALSE_ALARMS = 0.01;
/** A change that one comparison alone would call significant, and all of them together do not. */
const UNSURE = 0.025;

/** Keeps of a gate what later ones are compared with. The gate must be complete. */
export function makeBaseline({ deadairVersion, suite, runs }: GateResult): Baseline {
  return {
    kind: 'deadair-baseline',
    schemaVersion: 1,
    deadairVersion,
    suite: suite.name,
    scenarios: suite.scenarios.map(({ name, hash, seeds }) => {
      const own = runs.filter(({ scenario }) => scenario === name);
      const figures = COMPARED.map((figure) => ({
        metric: figure.metric,
        statistic: figure.statistic,
        values: own.map((run) => figureOf(run, figure)),
      }));
      return {
        name,
        hash,
        seeds: [...seeds],
        figures: figures.filter(({ values }) => values.some((value) => value !== null)),
      };
    }),
  };
}

/**
 * Makes sure that a suite can be compared with a baseline: what both have must be the same. Scenarios that only one of them has are no obstacle, as
 * long as there are others.
 * @param path of the baseline, for messages
 * @throws DeadairError `baseline.differs` (exit 6), with the field that differs
 */
export function checkComparable(suite: GateResult['suite'], baseline: Baseline, path: string): void {
  const differs = (field: string, was: unknown, is: unknown) => {
    const message = `${path}: ${field} is ${String(was)} in the baseline and ${String(is)} here; make a new one with --update, or compare like with like`;
    return new DeadairError('baseline.differs', message, ExitCode.notComparable);
  };
  if (baseline.suite !== suite.name) throw differs('suite', baseline.suite, suite.name);
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(', ');
  const past = byName(baseline);
  if (!suite.scenarios.some(({ name }) => past.has(name)))
    throw differs('scenarios', names(baseline.scenarios), names(suite.scenarios));
  for (const { name, hash, seeds } of suite.scenarios) {
    const before = past.get(name);
    if (before === undefined) continue;
    if (before.hash !== hash) throw differs(`scenarios.${name}.hash`, before.hash, hash);
    if (before.seeds.join() !== seeds.join()) {
      throw differs(`scenarios.${name}.seeds`, before.seeds.join(','), seeds.join(','));
    }
  }
}

const byName = ({ scenarios }: Baseline) => new Map(scenarios.map((each) => [each.name, each]));

interface Compared extends Omit<GateChange, 'outcome' | 'p'> {
  readonly pWorse: number;
  readonly pBetter: number;
}

/** Compares a gate with a baseline, seed by seed: both have drawn the same random numbers. Regressions make the verdict `regression`, if it is not worse. */
export function compareWithBaseline(result: GateResult, baseline: Baseline): GateResult {
  const past = byName(baseline);
  const present = new Set(result.suite.scenarios.map(({ name }) => name));
  const added = [...present].filter((name) => !past.has(name));
  const gone = [...past.keys()].filter((name) => !present.has(name));
  const all = [...present].flatMap((name) => {
    const before = past.get(name);
    return before === undefined ? [] : COMPARED.flatMap((figure) => compare(result, name, before, figure));
  });
  const risen = holm(all.map(({ pWorse }) => pWorse));
  const fallen = holm(all.map(({ pBetter }) => pBetter));
  const changes = all.map(({ pWorse, pBetter, ...change }, index): GateChange => {
    const [p, q] = [risen[index]!, fallen[index]!];
    const outcome =
      p <= FALSE_ALARMS
        ? 'regression'
        : q <= FALSE_ALARMS
          ? 'improvement'
          : Math.min(pWorse, pBetter) <= UNSURE
            ? 'unsure'
            : 'same';
    return { ...change, p: Math.min(p, q), outcome };
  });
  const rank = ({ outcome }: GateChange) => ['regression', 'unsure', 'improvement', 'same'].indexOf(outcome);
  const comparison: GateComparison = {
    baselineVersion: baseline.deadairVersion,
    falseAlarms: FALSE_ALARMS,
    comparisons: all.length,
    ...(added.length === 0 ? {} : { added }),
    ...(gone.length === 0 ? {} : { gone }),
    changes: changes
      .filter(({ outcome }) => outcome !== 'same')
      .sort((a, b) => rank(a) - rank(b) || a.p - b.p || Math.abs(b.change ?? 0) - Math.abs(a.change ?? 0)),
  };
  const worse = new Set(
    comparison.changes.filter(({ outcome }) => outcome === 'regression').map(({ scenario }) => scenario),
  );
  const scenarios = result.scenarios.map((each) =>
    worse.has(each.name) ? { ...each, verdict: worstVerdict([each.verdict, 'regression']) } : each,
  );
  return { ...result, verdict: worstVerdict(scenarios.map(({ verdict }) => verdict)), scenarios, comparison };
}

function compare(
  { runs }: GateResult,
  scenario: string,
  baseline: Baseline['scenarios'][number],
  figure: ComparedFigure,
): Compared[] {
  const { metric, statistic, better } = figure;
  const past = baseline.figures.find((each) => each.metric === metric && each.statistic === statistic);
  const bySeed = new Map(runs.filter((run) => run.scenario === scenario).map((run) => [run.seed, run]));
  const pairs = baseline.seeds.flatMap((seed, index) => {
    const run = bySeed.get(seed);
    const before = past?.values[index] ?? null;
    const now = run === undefined ? null : figureOf(run, figure);
    return before === null || now === null ? [] : [{ seed, before, now }];
  });
  const named = { scenario, metric, statistic, unit: metricDescription(metric)?.unit ?? '1' };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  if (pairs.length < PAIRS_MIN) {
    const before = (past?.values ?? []).filter((value) => value !== null);
    const gone = before.length >= PAIRS_MIN && ![...bySeed.values()].some((run) => figureOf(run, figure) !== null);
    if (!gone) return [];
    const reason = 'measured in the baseline, without samples now';
    const none = { now: null, change: null, low: null, high: null, scale: figure.scale, reason };
    return [{ ...named, ...none, pairs: 0, before: mean(before), pWorse: 0, pBetter: 1, seed: baseline.seeds[0]! }];
  }
  const before = pairs.map((pair) => pair.before);
  const now = pairs.map((pair) => pair.now);
  const { pRise, pFall, ...change } = pairedChange(before, now, figure.tolerance, figure.scale);
  const sign = better === 'lower' ? 1 : -1;
  const worst = [...pairs].sort((a, b) => sign * (b.now - b.before - (a.now - a.before)))[0]!;
  return [
    {
      ...named,
      pairs: pairs.length,
      before: mean(before),
      now: mean(now),
      ...change,
      pWorse: better === 'lower' ? pRise : pFall,
      pBetter: better === 'lower' ? pFall : pRise,
      seed: worst.seed,
    },
  ];
}
