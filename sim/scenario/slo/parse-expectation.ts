import { DeadairError } from '../../errors.js';
import type { MetricKind } from '../metric-catalogue.js';
import { AGGREGATIONS, type Aggregation, type Comparison, type Expectation, type Operator } from './expectation.js';

/*
 * The grammar of k6 thresholds (k6, "Thresholds", expression syntax), with `med` beside `p(50)`:
 *
 *   expression  = comparison { "&&" comparison }
 *   comparison  = aggregation operator number
 *   aggregation = "p(" number ")" | "avg" | "min" | "max" | "med" | "count" | "rate" | "value"
 *   operator    = "<" | "<=" | ">" | ">=" | "==" | "===" | "!="
 *   number      = [ "-" ] digits [ "." digits ] [ ("e" | "E") [ "+" | "-" ] digits ]
 *
 * Spaces are free between tokens. p takes 0 to 100. Numbers are in the unit of the metric.
 */
const COMPARISON =
  /^\s*(?:(p)\s*\(\s*(\d+(?:\.\d+)?)\s*\)|([a-z]+))\s*(<=|>=|===|==|!=|<|>)\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*$/;

const EXAMPLE = 'write for example p(95)<200, max<=1000, count==0 or rate<0.01';

/** Which aggregations make sense for which kind of metric. */
const ALLOWED: Record<MetricKind, readonly Aggregation['name'][]> = {
  histogram: ['p', 'avg', 'min', 'max', 'med', 'count'],
  counter: ['count', 'value'],
  gauge: ['value', 'max', 'min'],
  rate: ['rate', 'value'],
};

/**
 * Parses one expectation.
 * @param metric name of the metric, for messages
 * @param kind kind of the metric; an aggregation that it does not have is an error
 * @throws DeadairError `expectation.syntax`
 */
export function parseExpectation(metric: string, kind: MetricKind, expression: string): Expectation {
  return { metric, expression, comparisons: expression.split('&&').map((part) => parseComparison(metric, kind, part)) };
}

function parseComparison(metric: string, kind: MetricKind, text: string): Comparison {
  const match = COMPARISON.exec(text);
  if (match === null) throw syntax(metric, text, `cannot be read; ${EXAMPLE}`);
  const aggregation = parseAggregation(metric, text, match[3] ?? 'p', match[2]);
  if (!ALLOWED[kind].includes(aggregation.name)) {
    throw syntax(
      metric,
      text,
      `${match[3] ?? 'p'} does not exist for a ${kind}; use ${ALLOWED[kind].map(spell).join(', ')}`,
    );
  }
  const operator = match[4] === '===' ? '==' : (match[4] as Operator);
  return { aggregation, operator, bound: Number(match[5]) };
}

function parseAggregation(metric: string, text: string, word: string, percent: string | undefined): Aggregation {
  if (percent !== undefined) {
    const value = Number(percent);
    if (value > 100) throw syntax(metric, text, `a percentile lies between 0 and 100; ${EXAMPLE}`);
    return { name: 'p', percent: value };
  }
  const known = AGGREGATIONS.find((name) => name === word && name !== 'p');
  if (known === undefined)
    throw syntax(metric, text, `"${word}" is no aggregation; use ${AGGREGATIONS.map(spell).join(', ')}`);
  return { name: known };
}

function spell(name: string): string {
  return name === 'p' ? 'p(95)' : name;
}

function syntax(metric: string, text: string, problem: string): DeadairError {
  return new DeadairError('expectation.syntax', `expectations.${metric}: "${text.trim()}": ${problem}`);
}
