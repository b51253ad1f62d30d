/** Observations up to a bound, those of smaller bounds included. */
export interface Bucket {
  readonly upperBound: number;
  readonly count: number;
}

/**
 * The quantile of a classic histogram, by linear interpolation within a bucket (Prometheus, promql/quantile.go, bucketQuantile). The lowest bucket begins at
 * 0 if its bound is above 0; a quantile in the highest bucket is the bound below it.
 * @param share 0 to 1; below: -Inf, above: +Inf
 * @returns NaN without a bucket `+Inf`, with no other one, or without observations
 */
export function histogramQuantile(share: number, buckets: readonly Bucket[]): number {
  if (Number.isNaN(share)) return Number.NaN;
  if (share < 0) return Number.NEGATIVE_INFINITY;
  if (share > 1) return Number.POSITIVE_INFINITY;
  const sorted = monotonic(merged(buckets));
  const highest = sorted.at(-1);
  if (highest === undefined || highest.upperBound !== Number.POSITIVE_INFINITY || sorted.length < 2) return Number.NaN;
  const observations = highest.count;
  if (!(observations > 0)) return Number.NaN;
  const rank = share * observations;
  const index = sorted.findIndex(({ count }, at) => at === sorted.length - 1 || count >= rank);
  const bucket = sorted[index] as Bucket;
  const below = sorted[index - 1];
  if (index === sorted.length - 1) return (below as Bucket).upperBound;
  if (below === undefined && bucket.upperBound <= 0) return bucket.upperBound;
  const from = below?.upperBound ?? 0;
  const before = below?.count ?? 0;
  return from + (bucket.upperBound - from) * ((rank - before) / (bucket.count - before));
}

function merged(buckets: readonly Bucket[]): Bucket[] {
  const counts = new Map<number, number>();
  for (const { upperBound, count } of buckets)
    if (!Number.isNaN(upperBound)) counts.set(upperBound, (counts.get(upperBound) ?? 0) + count);
  return [...counts].map(([upperBound, count]) => ({ upperBound, count })).sort((a, b) => ascending(a, b));
}

function ascending(a: Bucket, b: Bucket): number {
  return a.upperBound < b.upperBound ? -1 : 1;
}

/** Rates of buckets that were scraped at different times may fall; then the one below counts. */
function monotonic(buckets: readonly Bucket[]): Bucket[] {
  let highest = 0;
  return buckets.map(({ upperBound, count }) => {
    highest = Math.max(highest, count);
    return { upperBound, count: highest };
  });
}
