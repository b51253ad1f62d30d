import { dropLabels, keepLabels, type Labels, labelKey, NAME } from '../labels.js';
import { LOOKBACK_MS, type Sample, type SeriesStore } from '../series-store.js';
import { applyArithmetic, applyComparison, isArithmetic } from './arithmetic.js';
import type { Expression, Matching } from './expression.js';
import { type Bucket, histogramQuantile } from './histogram-quantile.js';
import { increase } from './rate.js';

/** One element of an instant vector. */
export interface Element {
  readonly labels: Labels;
  readonly value: number;
}

export type Vector = readonly Element[];

/** What cannot be worked out with the series that are there: labels that do not tell the elements apart. */
export class EvaluationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EvaluationError';
  }
}

/**
 * The value of an expression at a time: a number, or a vector whose elements have different labels. Ranges and the lookback of 5 min are open on
 * the left, as in Prometheus 3.
 * @throws EvaluationError when one side of an operator has several elements for the same labels
 */
export function evaluatePromql(expression: Expression, store: SeriesStore, atMs: number): number | Vector {
  switch (expression.kind) {
    case 'scalar':
      return expression.value;
    case 'selector':
      return instant(expression, store, atMs);
    case 'negation': {
      const of = evaluatePromql(expression.of, store, atMs);
      if (typeof of === 'number') return -of;
      return of.map(({ labels, value }) => ({ labels: dropLabels(labels, [NAME]), value: -value }));
    }
    case 'aggregate':
      return aggregate(expression, vectorOf(expression.of, store, atMs));
    case 'call':
      return call(expression, store, atMs);
    case 'binary':
      return binary(expression, store, atMs);
  }
}

type Of<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

function vectorOf(expression: Expression, store: SeriesStore, atMs: number): Vector {
  const value = evaluatePromql(expression, store, atMs);
  if (typeof value === 'number') throw new EvaluationError('a vector was expected');
  return value;
}

function instant({ name, matchers }: Of<'selector'>, store: SeriesStore, atMs: number): Vector {
  return store.select(name, matchers).flatMap(({ labels, samples }) => {
    const newest = newestUpTo(samples, atMs);
    if (newest === undefined || newest.value === null || newest.atMs <= atMs - LOOKBACK_MS) return [];
    return [{ labels, value: newest.value }];
  });
}

function newestUpTo(samples: readonly Sample[], atMs: number): Sample | undefined {
  for (let index = samples.length - 1; index >= 0; index--)
    if ((samples[index] as Sample).atMs <= atMs) return samples[index];
  return undefined;
}

function call(expression: Of<'call'>, store: SeriesStore, atMs: number): Vector {
  const [first, second] = expression.args as [Expression, Expression];
  switch (expression.name) {
    case 'absent':
      return absent(first, vectorOf(first, store, atMs));
    case 'histogram_quantile': {
      const share = evaluatePromql(first, store, atMs) as number;
      return quantiles(share, vectorOf(second, store, atMs));
    }
    default: {
      const { name, matchers, rangeMs } = first as Of<'selector'>;
      const range = rangeMs as number;
      const perS = expression.name === 'rate' ? range / 1_000 : 1;
      return store.select(name, matchers).flatMap(({ labels, samples }) => {
        const within = samples.filter(
          (sample) => sample.value !== null && sample.atMs > atMs - range && sample.atMs <= atMs,
        );
        const growth = increase(within, range, atMs);
        return growth === null ? [] : [{ labels: dropLabels(labels, [NAME]), value: growth / perS }];
      });
    }
  }
}

/** 1 with the labels that the selector says by `=`, when nothing is there. */
function absent(of: Expression, found: Vector): Vector {
  if (found.length > 0) return [];
  const labels: Record<string, string> = {};
  if (of.kind === 'selector') {
    for (const { label, operator, value } of of.matchers) if (operator === '=') labels[label] = value;
    // said twice, it says nothing
    for (const { label } of of.matchers)
      if (of.matchers.filter((other) => other.label === label).length > 1) delete labels[label];
  }
  return [{ labels, value: 1 }];
}

function quantiles(share: number, buckets: Vector): Vector {
  const groups = new Map<string, { labels: Labels; buckets: Bucket[] }>();
  for (const { labels, value } of buckets) {
    const upperBound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number.parseFloat(labels.le ?? '');
    if (Number.isNaN(upperBound)) continue;
    const rest = dropLabels(labels, [NAME, 'le']);
    const group = groups.get(labelKey(rest)) ?? { labels: rest, buckets: [] };
    group.buckets.push({ upperBound, count: value });
    groups.set(labelKey(rest), group);
  }
  return [...groups.values()].map((group) => ({
    labels: group.labels,
    value: histogramQuantile(share, group.buckets),
  }));
}

function aggregate({ name, by, labels: names }: Of<'aggregate'>, of: Vector): Vector {
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const { labels, value } of of) {
    const kept = by ? keepLabels(labels, names) : dropLabels(labels, [...names, NAME]);
    const group = groups.get(labelKey(kept)) ?? { labels: kept, values: [] };
    group.values.push(value);
    groups.set(labelKey(kept), group);
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: aggregated(name, values) }));
}

function aggregated(name: Of<'aggregate'>['name'], values: readonly number[]): number {
  const sum = () => values.reduce((total, value) => total + value, 0);
  switch (name) {
    case 'sum':
      return sum();
    case 'avg':
      return sum() / values.length;
    case 'count':
      return values.length;
    case 'max':
      return values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most), Number.NaN);
    case 'min':
      return values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least), Number.NaN);
  }
}

function binary(expression: Of<'binary'>, store: SeriesStore, atMs: number): number | Vector {
  const { operator, bool } = expression;
  const left = evaluatePromql(expression.left, store, atMs);
  const right = evaluatePromql(expression.right, store, atMs);
  if (typeof left !== 'number' && typeof right !== 'number') {
    return operator === 'and' || operator === 'or' || operator === 'unless'
      ? combined(expression, left, right)
      : matched(expression, left, right);
  }
  if (typeof left === 'number' && typeof right === 'number') {
    if (isArithmetic(operator)) return applyArithmetic(operator, left, right);
    return applyComparison(operator, left, right) ? 1 : 0;
  }
  const elements = (typeof left === 'number' ? right : left) as Vector;
  return elements.flatMap((element) => {
    const a = typeof left === 'number' ? left : element.value;
    const b = typeof right === 'number' ? right : element.value;
    return outcome(operator, bool, element, a, b, element.value);
  });
}

/** What an operator makes of two values: nothing when a comparison filters it out. `kept` is what a comparison that holds lets through. */
function outcome(
  operator: Of<'binary'>['operator'],
  bool: boolean,
  element: Element,
  a: number,
  b: number,
  kept: number,
): Element[] {
  if (isArithmetic(operator))
    return [{ labels: dropLabels(element.labels, [NAME]), value: applyArithmetic(operator, a, b) }];
  const holds = applyComparison(operator, a, b);
  if (bool) return [{ labels: dropLabels(element.labels, [NAME]), value: holds ? 1 : 0 }];
  return holds ? [{ labels: element.labels, value: kept }] : [];
}

/** The labels by which elements of both sides are put together. */
function signature({ on, labels: names }: Matching, labels: Labels): string {
  return labelKey(on ? keepLabels(labels, names) : dropLabels(labels, [...names, NAME]));
}

function matched({ operator, bool, matching }: Of<'binary'>, left: Vector, right: Vector): Vector {
  const others = new Map<string, Element>();
  for (const element of right) {
    const key = signature(matching, element.labels);
    if (others.has(key))
      throw new EvaluationError(`several elements on the right of "${operator}" have the labels ${key}`);
    others.set(key, element);
  }
  const seen = new Set<string>();
  return left.flatMap((element) => {
    const key = signature(matching, element.labels);
    const other = others.get(key);
    if (other === undefined) return [];
    if (seen.has(key))
      throw new EvaluationError(`several elements on the left of "${operator}" have the labels ${key}`);
    seen.add(key);
    const { on, labels: names } = matching;
    const labels = on ? keepLabels(element.labels, names) : dropLabels(element.labels, names);
    return outcome(operator, bool, { ...element, labels }, element.value, other.value, element.value);
  });
}

function combined({ operator, matching }: Of<'binary'>, left: Vector, right: Vector): Vector {
  const keys = (vector: Vector) => new Set(vector.map(({ labels }) => signature(matching, labels)));
  if (operator === 'or') {
    const there = keys(left);
    return [...left, ...right.filter(({ labels }) => !there.has(signature(matching, labels)))];
  }
  const others = keys(right);
  return left.filter(({ labels }) => others.has(signature(matching, labels)) === (operator === 'and'));
}
