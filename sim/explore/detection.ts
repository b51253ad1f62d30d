/** Schedules that hunts of one kind needed. */
export interface Detection {
  readonly hunts: number;
  readonly found: number;
  /** Median schedules to detection; a hunt that found nothing counts as infinite. null when that is the median. */
  readonly median: number | null;
  /** Distribution-free 95 % interval of the median; null at an end that hunts without a find reach. */
  readonly interval: readonly [low: number | null, high: number | null];
}

/**
 * Median and its interval from order statistics: the number of observations below the median is binomial with p = 1/2 (Conover, "Practical
 * Nonparametric Statistics", 3rd ed., 3.2). With fewer than six hunts the interval is simply from the smallest to the largest.
 * @param schedules of each hunt; null: nothing found
 */
export function detectionOf(schedules: readonly (number | null)[]): Detection {
  const sorted = schedules.map((count) => count ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const n = sorted.length;
  const finite = (value: number | undefined) => (value === undefined || !Number.isFinite(value) ? null : value);
  const middle = n % 2 === 1 ? sorted[(n - 1) / 2]! : (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2;
  const low = lowRank(n);
  return {
    hunts: n,
    found: schedules.filter((count) => count !== null).length,
    median: finite(middle),
    interval: [finite(sorted[low]), finite(sorted[n - 1 - low])],
  };
}

/** Largest rank r such that fewer than r or more than n - r observations below the median have a probability of at most 5 %. */
function lowRank(n: number): number {
  let probability = 1;
  for (let i = 0; i < n; i++) probability /= 2;
  let tail = 0;
  let rank = 0;
  for (let below = 0; below < n / 2; below++) {
    tail += probability;
    if (tail > 0.025) break;
    rank = below + 1;
    probability = (probability * (n - below)) / (below + 1);
  }
  return rank;
}
