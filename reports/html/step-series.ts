import type { RunResult } from '../result-schema.js';

export type Points = readonly (readonly [number, number])[];

/** Points that a chart can still draw quickly. */
const MAX_POINTS = 1200;

/** The points of a series, or none. */
export function seriesPoints(result: RunResult, name: string): Points {
  return result.series.find((series) => series.name === name)?.points ?? [];
}

/**
 * Brings step series to common times, so that they can be stacked, and thins them: of each stretch of time the last value stays, or
 * the highest with `keep` `peak`.
 * @returns one list of points per series, all with the same times
 */
export function alignSteps(
  series: readonly Points[],
  endS: number,
  keep: 'last' | 'peak' = 'last',
): [number, number][][] {
  const times = new Set<number>([0, endS]);
  for (const points of series) for (const [time] of points) times.add(time);
  const sorted = [...times].sort((a, b) => a - b);
  const buckets = sorted.length <= MAX_POINTS ? sorted.map((time) => [time]) : intoBuckets(sorted, endS);
  return series.map((points) => {
    let next = 0;
    let value = 0;
    return buckets.map((bucket): [number, number] => {
      let kept = keep === 'peak' ? Number.NEGATIVE_INFINITY : 0;
      for (const time of bucket) {
        for (let point = points[next]; point !== undefined && point[0] <= time; point = points[next]) {
          value = point[1];
          if (value > kept) kept = value;
          next++;
        }
        if (value > kept) kept = value;
      }
      return [bucket[0] as number, keep === 'peak' ? kept : value];
    });
  });
}

function intoBuckets(times: readonly number[], endS: number): number[][] {
  const buckets: number[][] = [];
  let current = -1;
  for (const time of times) {
    const index = endS > 0 ? Math.floor((time / endS) * MAX_POINTS) : 0;
    if (index !== current) buckets.push([]);
    current = index;
    buckets.at(-1)?.push(time);
  }
  return buckets;
}

/** The highest value and when it was first reached. */
export function peakOf(points: Points): { readonly atS: number; readonly value: number } {
  let peak = { atS: 0, value: 0 };
  for (const [atS, value] of points) if (value > peak.value) peak = { atS, value };
  return peak;
}
