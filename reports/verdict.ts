import { formatNumber, plural } from './format.js';
import type { RunResult } from './result-schema.js';

/** The verdict in words: one headline, and one honest sentence about what it rests on. */
export interface VerdictText {
  readonly tone: 'good' | 'bad' | 'warn';
  readonly headline: string;
  readonly detail: string;
}

/** Puts the verdict of a run into words. */
export function describeVerdict(result: RunResult): VerdictText {
  const failed = result.expectations.filter((item) => !item.pass && item.level === 'fail');
  const warned = result.expectations.filter((item) => !item.pass && item.level === 'warn');
  const judged = basis(result);
  switch (result.verdict) {
    case 'safety':
    case 'liveness': {
      const word = result.verdict === 'safety' ? 'Safety violated' : 'Did not converge';
      const oracles = new Set(result.violations.map((item) => item.oracle));
      const names = [...oracles].slice(0, 3).join(', ');
      const by = oracles.size === 0 ? '' : ` by ${names}${oracles.size > 3 ? ', ...' : ''}`;
      return {
        tone: 'bad',
        headline: word,
        detail: `${plural(result.violations.length, 'violation')} seen${by}. ${judged}`,
      };
    }
    case 'slo-missed':
      return {
        tone: 'bad',
        headline: plural(failed.length, 'expectation').replace(/ (expectations?)$/, ' $1 missed'),
        detail: `No oracle objected, but ${
          failed
            .map((item) => item.metric)
            .slice(0, 3)
            .join(', ') || 'an expectation'
        } fell short. ${judged}`,
      };
    case 'interrupted':
      return {
        tone: 'warn',
        headline: 'Interrupted',
        detail: `No oracle objected until then; expectations, and what must hold at the end, were not judged. ${judged}`,
      };
    case 'pass': {
      if (result.expectations.length === 0) {
        return {
          tone: 'warn',
          headline: 'Nothing expected',
          detail: `No oracle objected, but the scenario states no expectations. ${judged}`,
        };
      }
      const warning =
        warned.length === 0
          ? ''
          : ` ${plural(warned.length, 'warning')}: ${warned.map((item) => item.metric).join(', ')}.`;
      return {
        tone: warned.length === 0 ? 'good' : 'warn',
        headline: 'Passed',
        detail: `Every expectation met.${warning} ${judged}`,
      };
    }
  }
}

function basis(result: RunResult): string {
  const oracles = result.oracles === undefined ? '' : `${plural(result.oracles.length, 'oracle')} and `;
  const checks = plural(result.expectations.length, 'expectation');
  const size = `${formatNumber(result.simulatedSeconds)} simulated seconds, ${plural(result.clients, 'client')}, ${plural(result.events, 'event')}`;
  return `Judged by ${oracles}${checks} over ${size}, one seed.`;
}

/** The command that makes this result again. */
export function replayCommand(result: RunResult): string {
  return result.replay ?? `deadair run ${result.scenario.name} --seed ${result.seed}`;
}
