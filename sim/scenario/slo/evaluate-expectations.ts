import { metricDescription } from '../metric-catalogue.js';
import type { Scenario } from '../scenario.js';
import { type Aggregation, type Comparison, unitOf } from './expectation.js';
import type { Measured } from './measured.js';
import { parseExpectation } from './parse-expectation.js';
import { parseSelector } from './parse-selector.js';
import { type Pool, poolOf } from './pool.js';

/** The verdict on one expectation, as the result file keeps it. */
export interface ExpectationResult {
  readonly metric: string;
  readonly expression: string;
  readonly level: 'fail' | 'warn';
  /** The measured value (of the first comparison that fails, else of the first); null without samples. */
  readonly actual: number | null;
  readonly pass: boolean;
  /** Of `actual`, if it is not that of the metric. */
  readonly unit?: string;
  /** The values of all comparisons, if there are several. */
  readonly values?: (number | null)[];
  /** Why it failed, when the number alone does not say it. */
  readonly reason?: string;
  /** The samples, of a level that is judged over those of several runs together. */
  readonly pool?: Pool;
}

/**
 * Judges the expectations of a scenario. A metric without samples fails: silence is no evidence.
 * @param measured what the run measured; a metric that is missing counts as one without samples
 */
export function evaluateExpectations(
  expectations: Scenario['expectations'],
  measured: Readonly<Record<string, Measured | undefined>>,
): ExpectationResult[] {
  const results: ExpectationResult[] = [];
  for (const [metric, entries] of Object.entries(expectations)) {
    const { kind = 'histogram', unit = '1' } = metricDescription(parseSelector(metric).metric) ?? {};
    for (const entry of entries) {
      const expression = typeof entry === 'string' ? entry : entry.expect;
      const level = typeof entry === 'string' ? 'fail' : entry.level;
      const { comparisons } = parseExpectation(metric, kind, expression);
      const value = measured[metric];
      const pool = typeof entry !== 'string' && entry.over === 'pooled' && value !== undefined ? poolOf(value) : null;
      const { told, ...judged } = judge(comparisons, value);
      const own = unitOf(told.aggregation, { kind, unit });
      const units = own === unit ? {} : { unit: own };
      results.push({ metric, expression, level, ...judged, ...units, ...(pool === null ? {} : { pool }) });
    }
  }
  return results;
}

function judge(
  comparisons: readonly Comparison[],
  measured: Measured | undefined,
): Pick<ExpectationResult, 'actual' | 'pass' | 'values' | 'reason'> & { readonly told: Comparison } {
  const values = comparisons.map(({ aggregation }) => {
    const value = measured === undefined ? null : aggregate(aggregation, measured);
    return value === null || Number.isNaN(value) ? null : value;
  });
  const more = values.length > 1 ? { values } : {};
  for (const [index, comparison] of comparisons.entries()) {
    const actual = values[index] ?? null;
    if (actual === null) return { told: comparison, actual, pass: false, ...more, reason: 'no samples' };
    if (!holds(actual, comparison)) return { told: comparison, actual, pass: false, ...more };
  }
  return { told: comparisons[0] as Comparison, actual: values[0] ?? null, pass: true, ...more };
}

/** The value of an aggregation, or null when there is nothing to aggregate. */
function aggregate(aggregation: Aggregation, measured: Measured): number | null {
  if (measured.kind !== 'histogram') return measured.value;
  if (aggregation.name === 'count') return measured.count;
  if (measured.count === 0) return null;
  switch (aggregation.name) {
    case 'p':
      return measured.quantile((aggregation.percent ?? 0) / 100);
    case 'med':
      return measured.quantile(0.5);
    case 'avg':
      return measured.avg;
    case 'min':
      return measured.min;
    default:
      return measured.max;
  }
}

/** Whether a value is what a comparison asks for. */
export function holds(actual: number, { operator, bound }: Comparison): boolean {
  switch (operator) {
    case '<':
      return actual < bound;
    case '<=':
      return actual <= bound;
    case '>':
      return actual > bound;
    case '>=':
      return actual >= bound;
    case '==':
      return actual === bound;
    case '!=':
      return actual !== bound;
  }
}
