import type { Aggregation, Comparison } from './expectation.js';
import type { Measured } from './measured.js';

/**
 * The samples of one run in a form that can be put together with those of others: values are rounded to four digits (0.05 % at most), so that there
 * are at most 9 000 in a decade whatever the number of samples. Of a rate: what it is of (`count`) and how much of that (`sum`), without values.
 */
export interface Pool {
  /** Sum of all weights. */
  readonly count: number;
  readonly sum: number;
  /** Least and greatest, not rounded; null without samples, and of rates. */
  readonly min: number | null;
  readonly max: number | null;
  /** In rising order. */
  readonly values: [value: number, weight: number][];
}

const DIGITS = 4;

/** The samples of a metric; null: it is one number for a run (counters and gauges), there is nothing to put together. */
export function poolOf(measured: Measured): Pool | null {
  if (measured.kind === 'rate') {
    const { value, whole } = measured;
    return { count: whole, sum: value === null ? 0 : value * whole, min: null, max: null, values: [] };
  }
  if (measured.kind !== 'histogram') return null;
  const weights = new Map<number, number>();
  let count = 0;
  for (const [value, weight] of measured.weighted()) {
    const rounded = Number(value.toPrecision(DIGITS));
    weights.set(rounded, (weights.get(rounded) ?? 0) + weight);
    count += weight;
  }
  const found = count > 0;
  return {
    count,
    sum: found ? measured.avg * count : 0,
    min: found ? measured.min : null,
    max: found ? measured.max : null,
    values: [...weights].sort(([a], [b]) => a - b),
  };
}

/** An aggregation over the samples of several runs, as if they were those of one; null: there are none. */
export function aggregatePools({ name, percent = 0 }: Aggregation, pools: readonly Pool[]): number | null {
  const sum = (of: (pool: Pool) => number) => pools.reduce((total, pool) => total + of(pool), 0);
  const count = sum((pool) => pool.count);
  if (name === 'count') return Math.round(count);
  if (count === 0) return null;
  const present = (of: (pool: Pool) => number | null) => pools.map(of).filter((value) => value !== null);
  switch (name) {
    case 'min':
      return Math.min(...present(({ min }) => min));
    case 'max':
      return Math.max(...present(({ max }) => max));
    case 'p':
      return quantile(pools, (percent / 100) * count);
    case 'med':
      return quantile(pools, count / 2);
    default:
      return sum((pool) => pool.sum) / count;
  }
}

/** By the nearest-rank method. */
function quantile(pools: readonly Pool[], rank: number): number | null {
  const all = pools.flatMap(({ values }) => values).sort(([a], [b]) => a - b);
  let below = 0;
  for (const [value, weight] of all) {
    below += weight;
    if (below >= rank) return value;
  }
  return all.at(-1)?.[0] ?? null;
}

/**
 * How much one of several pools moves their aggregation to the wrong side of a comparison: the largest does most. Of a percentile: how many
 * samples beyond the bound there are above the share that may be there.
 * @param actual the aggregation of all of them; tells which side is the wrong one of `==` and `!=`
 */
export function contribution(pool: Pool, { aggregation, operator, bound }: Comparison, actual: number | null): number {
  const { name, percent = 50 } = aggregation;
  const above = operator === '<' || operator === '<=' || (operator === '==' && (actual ?? bound) > bound);
  const sign = above ? 1 : -1;
  const { count, sum, values } = pool;
  switch (name) {
    case 'count':
      return sign * count;
    case 'min':
    case 'max':
      return sign * (pool[name] ?? Number.NEGATIVE_INFINITY * sign);
    case 'p':
    case 'med': {
      const share = name === 'med' ? 0.5 : percent / 100;
      const beyond = values.reduce((total, [value, weight]) => total + ((value - bound) * sign >= 0 ? weight : 0), 0);
      return beyond - (above ? 1 - share : share) * count;
    }
    default:
      return sign * (sum - bound * count);
  }
}
