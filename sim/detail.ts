import type { Scenario } from './scenario/index.js';

/**
 * How much a run measures: all of it, or no more than judging and comparing need, without the series, samples, gaps and voice that only the page of one run
 * shows, and without what is dear to measure and nobody asks for. The trace is the same.
 */
export type Detail = 'all' | 'figures';

/** Whether a metric that takes longer to measure than many a world takes to live is measured: where all is, where a level is about it, and where somebody asks. */
export function measuresDear(
  metric: string,
  detail: Detail,
  { expectations }: Pick<Scenario, 'expectations'>,
  asked: readonly string[] = [],
): boolean {
  return detail === 'all' || asked.includes(metric) || Object.hasOwn(expectations, metric);
}
