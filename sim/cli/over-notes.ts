import type { Over } from '../../reports/gate/gate-schema.js';
import type { RunResult } from '../../reports/index.js';
import type { Scenario } from '../scenario/index.js';

const WORDS: Readonly<Record<Exclude<Over, 'worst'>, string>> = {
  best: 'the best of its seeds',
  median: 'the median of its seeds',
  mean: 'the mean of its seeds',
  pooled: 'the samples of all its seeds together',
};

/**
 * A run judges its one seed. Where a gate judges a level over its seeds in another way than by the worst, one that was missed here may hold there: a
 * sentence for each.
 * @param suite whose levels they are, with what holds for those that say nothing; left out: those of the scenario alone
 */
export function overNotes(
  expectations: RunResult['expectations'],
  scenario: Scenario,
  suite?: { readonly reference: string; readonly over: Over },
): string[] {
  const gate = `deadair gate ${suite?.reference ?? '<suite>'}`;
  const missed = expectations.filter(({ pass, level }) => !pass && level === 'fail');
  return missed.flatMap(({ metric, expression }) => {
    const entry = scenario.expectations[metric]?.find(
      (each) => (typeof each === 'string' ? each : each.expect) === expression,
    );
    const over = (typeof entry === 'object' ? entry.over : undefined) ?? suite?.over ?? 'worst';
    if (over === 'worst') return [];
    return [
      `${metric} ${expression} is missed at this seed, so this run fails; ${gate} judges it by ${WORDS[over]} (over: ${over}), where it may hold`,
    ];
  });
}
