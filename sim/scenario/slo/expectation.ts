import type { MetricKind } from '../metric-catalogue.js';

/** Names of the aggregations of the grammar. */
export const AGGREGATIONS = ['p', 'avg', 'min', 'max', 'med', 'count', 'rate', 'value'] as const;

/** What is compared. `percent` (0..100) only with `p`. */
export interface Aggregation {
  readonly name: (typeof AGGREGATIONS)[number];
  readonly percent?: number;
}

/** The unit of an aggregated value: that of the metric, but for the number of samples. */
export function unitOf(
  { name }: Aggregation,
  { kind, unit }: { readonly kind: MetricKind; readonly unit: string },
): string {
  return name === 'count' && kind === 'histogram' ? '1' : unit;
}

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** One comparison, e.g. `p(95) < 200`. `bound` is in the unit of the metric. */
export interface Comparison {
  readonly aggregation: Aggregation;
  readonly operator: Operator;
  readonly bound: number;
}

/** A parsed expectation: all comparisons must hold. */
export interface Expectation {
  readonly metric: string;
  readonly expression: string;
  readonly comparisons: readonly Comparison[];
}
