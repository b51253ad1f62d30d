import type { Labels } from '../../../sim/alerts/labels.js';
import { evaluatePromql } from '../../../sim/alerts/promql/evaluate-promql.js';
import { parsePromql } from '../../../sim/alerts/promql/parse-promql.js';
import { SeriesStore } from '../../../sim/alerts/series-store.js';

export const MINUTE = 60_000;

/** A store with series in the manner of Prometheus' own tests: one value every `stepMs` from time 0 on; null ends a series, undefined is a gap. */
export function load(
  stepMs: number,
  series: readonly (readonly [labels: Labels, values: readonly (number | null | undefined)[]])[],
): SeriesStore {
  const store = new SeriesStore(Number.POSITIVE_INFINITY);
  const length = Math.max(...series.map(([, values]) => values.length));
  for (let index = 0; index < length; index++)
    for (const [labels, values] of series) {
      const value = values[index];
      if (value !== undefined && index < values.length) store.add(labels, index * stepMs, value);
    }
  return store;
}

/** `from`, `from + step`, ... `times` steps: Prometheus' `from+stepxtimes`. */
export const steps = (from: number, step: number, times: number): number[] =>
  Array.from({ length: times + 1 }, (_, index) => from + step * index);

export const series = (name: string, labels: Labels = {}): Labels => ({ __name__: name, ...labels });

/** The value of an expression: a number, or the elements by their labels. */
export function evaluate(text: string, store: SeriesStore, atMs: number): number | Record<string, number> {
  const value = evaluatePromql(parsePromql(text), store, atMs);
  if (typeof value === 'number') return value;
  return Object.fromEntries(
    value.map(({ labels, value: element }) => [
      Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, text]) => `${name}=${text}`)
        .join(','),
      element,
    ]),
  );
}
