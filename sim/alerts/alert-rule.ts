import { parseDuration } from './promql/duration.js';
import { type Expression, longestRangeMs } from './promql/expression.js';
import { parsePromql } from './promql/parse-promql.js';
import { PromqlError } from './promql/promql-error.js';
import type { RuleFile } from './rule-file-schema.js';

/** A rule that can be evaluated. */
export interface AlertRule {
  readonly name: string;
  readonly group: string;
  readonly text: string;
  readonly expression: Expression;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that are evaluated together. `intervalMs` null: as often as is scraped. */
export interface RuleGroup {
  readonly name: string;
  readonly intervalMs: number | null;
  readonly rules: readonly AlertRule[];
}

/** What is wrong with a rule file, and where in it. */
export interface RuleProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Reads all expressions of a rule file. `problems` is empty when every one of them can be evaluated. */
export function compileRules(file: RuleFile): { readonly groups: RuleGroup[]; readonly problems: RuleProblem[] } {
  const problems: RuleProblem[] = [];
  const groups = file.groups.map(({ name, interval, rules }, group): RuleGroup => {
    if (file.groups.findIndex((other) => other.name === name) < group)
      problems.push({ path: ['groups', group, 'name'], message: `there are two groups "${name}"` });
    return {
      name,
      intervalMs: interval === undefined ? null : (parseDuration(interval) as number),
      rules: rules.flatMap((rule, index): AlertRule[] => {
        try {
          return [
            {
              name: rule.alert,
              group: name,
              text: rule.expr.trim(),
              expression: parsePromql(rule.expr),
              forMs: parseDuration(rule.for ?? '0') as number,
              keepFiringForMs: parseDuration(rule.keep_firing_for ?? '0') as number,
              labels: rule.labels,
              annotations: rule.annotations,
            },
          ];
        } catch (error) {
          if (!(error instanceof PromqlError)) throw error;
          problems.push({ path: ['groups', group, 'rules', index, 'expr'], message: error.message });
          return [];
        }
      }),
    };
  });
  return { groups, problems };
}

/** How far back the rules look, in ms. */
export function lookingBackMs(groups: readonly RuleGroup[]): number {
  return Math.max(0, ...groups.flatMap(({ rules }) => rules.map(({ expression }) => longestRangeMs(expression))));
}
