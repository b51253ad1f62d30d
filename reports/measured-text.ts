import { formatValue } from './format.js';
import type { ExpectationVerdict, RunResult } from './result-schema.js';

/** What was measured where something was expected: the value with its unit, or why there is none. */
export function measuredText(
  { metric, actual, unit, reason }: ExpectationVerdict,
  { metrics }: Pick<RunResult, 'metrics'>,
): string {
  return reason ?? formatValue(actual, unit ?? metrics[metric]?.unit ?? '');
}
