import { plural } from '../format.js';
import { failuresOf } from './failures.js';
import type { GateResult } from './gate-schema.js';

/** The verdict of a gate in words. */
export interface GateWords {
  readonly tone: 'good' | 'bad' | 'warn';
  readonly headline: string;
  readonly detail: string;
}

const HEADLINES = {
  safety: 'Safety violated',
  liveness: 'Did not converge',
  broken: 'Could not be judged',
  'slo-missed': 'Service levels missed',
  regression: 'Worse than the baseline',
  interrupted: 'Interrupted',
  pass: 'Passed',
} as const;

/** Puts the verdict of a gate into words: one headline, and one honest sentence about what it rests on. */
export function describeGate(result: GateResult): GateWords {
  const { verdict, suite, shard, missing, runs, scenarios, comparison } = result;
  const part = shard === undefined ? '' : `, shard ${shard.index} of ${shard.of}`;
  const warnings = scenarios.flatMap(({ levels }) => levels.filter(({ pass, level }) => !pass && level === 'warn'));
  const sums = [
    `${plural(runs.length, 'run')} of ${plural(suite.scenarios.length, 'scenario')}${part}`,
    ...(comparison === undefined ? [] : [`${plural(comparison.comparisons, 'figure')} compared with the baseline`]),
    ...(warnings.length === 0 ? [] : [plural(warnings.length, 'warning')]),
  ].join(', ');
  const failures = failuresOf(result).length;
  const objections = failures === 0 ? '' : `${plural(failures, 'objection')}. `;
  const left = missing === undefined ? '' : ` ${plural(missing.length, 'run')} not made: the gate was interrupted.`;
  const detail = `${objections}${sums}.${left}${uncompared(result)}`;
  const held = verdict === 'pass' || verdict === 'interrupted';
  const tone = !held ? 'bad' : verdict === 'interrupted' || warnings.length > 0 ? 'warn' : 'good';
  return { tone, headline: HEADLINES[verdict], detail };
}

/** Scenarios that only the suite or only the baseline has, in sentences. */
function uncompared({ comparison }: GateResult): string {
  const { added = [], gone = [] } = comparison ?? {};
  const fresh = added.length === 0 ? '' : ` New, not compared: ${added.join(', ')}.`;
  const missing = gone.length === 0 ? '' : ` In the baseline only: ${gone.join(', ')}.`;
  const fix = fresh + missing === '' ? '' : ' A baseline made with --update has the same scenarios again.';
  return fresh + missing + fix;
}

/** The verdict on one scenario, in a word. */
export function scenarioWord(verdict: GateResult['verdict']): string {
  return {
    safety: 'safety',
    liveness: 'liveness',
    broken: 'no result',
    'slo-missed': 'missed',
    regression: 'worse',
    interrupted: 'interrupted',
    pass: 'passed',
  }[verdict];
}
