import { formatNumber, formatValue, plural } from '../format.js';
import { runCommandLine, suiteCommandLine } from '../run-command-line.js';
import type { GateChange } from './comparison-schema.js';
import type { GateLevel, GateResult } from './gate-schema.js';

/** One thing that a gate objects to. */
export interface GateFailure {
  readonly scenario: string;
  readonly kind: 'safety' | 'liveness' | 'broken' | 'slo' | 'regression';
  /** The oracle, or the metric. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** At which it is worst, or was seen first. */
  readonly seed: number;
  /** That, in words: `worst at seed 3`. */
  readonly worst: string;
  /** How many seeds show it, in words. */
  readonly seeds: string;
  /** The command that shows it again. */
  readonly command: string;
}

/** Everything a gate objects to, worst first: safety, then liveness, runs without a result, service levels, regressions. */
export function failuresOf(result: GateResult): GateFailure[] {
  const found = result.scenarios.flatMap(({ name, seeds, levels, violations, problems }): GateFailure[] => {
    const of = (count: number) => `${count} of ${plural(seeds, 'seed')}`;
    const again = (seed: number) => ({
      scenario: name,
      seed,
      worst: `worst at seed ${seed}`,
      command: commandOf(result, name, seed),
    });
    return [
      ...violations.map(({ oracle, kind, message, seed, seeds: count }) => ({
        ...again(seed),
        kind,
        what: oracle,
        expected: 'never',
        found: message,
        seeds: of(count),
      })),
      ...problems.map(({ code, message, seed, seeds: count }) => ({
        ...again(seed),
        kind: 'broken' as const,
        what: code,
        expected: 'a result',
        found: message,
        seeds: of(count),
      })),
      ...levels
        .filter(({ pass, level }) => !pass && level === 'fail')
        .map((level) => ({
          ...again(level.seed),
          kind: 'slo' as const,
          what: level.metric,
          expected: expectedText(level),
          found: foundText(level),
          ...seedsText(level, seeds),
        })),
    ];
  });
  const worse = (result.comparison?.changes ?? [])
    .filter(({ outcome }) => outcome === 'regression')
    .map((change) => ({
      scenario: change.scenario,
      kind: 'regression' as const,
      what: `${change.metric} ${change.statistic}`,
      expected: `as in the baseline${change.before === null ? '' : ` (${formatValue(change.before, change.unit)})`}`,
      found: changeText(change),
      seed: change.seed,
      worst: `worst at seed ${change.seed}`,
      seeds: plural(change.pairs, 'pair'),
      command: commandOf(result, change.scenario, change.seed),
    }));
  const order = ['safety', 'liveness', 'broken', 'slo', 'regression'];
  return [...found, ...worse].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** Which seeds miss a level. Several may miss it together although none does alone. */
function seedsText({ over, seed, missedSeeds }: GateLevel, seeds: number): { worst?: string; seeds: string } {
  const alone = missedSeeds === 0 ? 'none' : String(missedSeeds);
  if (over === 'pooled')
    return { worst: `seed ${seed} contributes most`, seeds: `${plural(seeds, 'seed')} together, ${alone} alone` };
  if (missedSeeds === 0) return { seeds: `none of ${plural(seeds, 'seed')} alone` };
  return { seeds: `${missedSeeds} of ${plural(seeds, 'seed')}` };
}

/** The command that runs one point of a suite alone: by its name in the suite, unless nothing is set there. */
export function commandOf({ suite }: GateResult, scenario: string, seed: number): string {
  const { reference = scenario, overrides = [] } = suite.scenarios.find(({ name }) => name === scenario) ?? {};
  if (suite.reference === undefined || overrides.length === 0) return runCommandLine(reference, seed, overrides);
  return suiteCommandLine(scenario, suite.reference, seed);
}

/** `p(95)<200`, and over which value of the seeds it is judged. */
export function expectedText({ expression, over }: GateLevel): string {
  if (over === 'worst') return expression;
  return `${expression} (${over === 'pooled' ? 'all seeds together' : `${over} of seeds`})`;
}

/** The value measured, or why there is none. */
export function foundText({ actual, unit, reason }: GateLevel): string {
  return reason ?? formatValue(actual, unit);
}

/** `+11 %, 95 % interval 7..15 %` */
export function changeText({ change, low, high, scale, unit, reason, before, now }: GateChange): string {
  if (change === null || low === null || high === null) return reason ?? 'cannot be compared';
  if (scale === 'ratio') {
    return `${signed(change * 100)} %, 95 % interval ${formatNumber(low * 100, 1)}..${formatNumber(high * 100, 1)} %`;
  }
  const value = (number: number) => formatValue(number, unit);
  const from = before === null || now === null ? '' : ` (${value(before)} to ${value(now)})`;
  const sign = change > 0 ? '+' : '';
  return `${sign}${value(change)}, 95 % interval ${value(low)}..${value(high)}${from}`;
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${formatNumber(value, 1)}`;
}
