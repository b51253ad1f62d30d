/**
 * Makes a list shorter as long as what it stands for still fails: the shortest beginning, then the shortest end of that, both by halving; then
 * delta debugging (Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", TSE 2002), which leaves out parts in the middle, at
 * last single items. Halving first matters: most of a random schedule comes after, or long before, what counts.
 * @param fails whether the shorter list still fails
 * @param exhausted no more tries
 * @returns the shortest list that was seen to fail
 */
export async function shorten<T>(
  list: readonly T[],
  fails: (kept: readonly T[]) => Promise<boolean>,
  exhausted: () => boolean,
): Promise<readonly T[]> {
  let kept = list;
  kept = kept.slice(0, await smallest(kept.length, (length) => fails(kept.slice(0, length)), exhausted));
  const length = await smallest(kept.length, (tail) => fails(kept.slice(kept.length - tail)), exhausted);
  kept = kept.slice(kept.length - length);
  for (let size = Math.ceil(kept.length / 2); size >= 1 && kept.length > 0; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let from = 0; from < kept.length; ) {
      if (exhausted()) return kept;
      const shorter = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (await fails(shorter)) kept = shorter;
      else from += size;
    }
  }
  return kept;
}

/** Smallest number up to `limit` that fails, if failing is monotone; at least one that fails, if not. `limit` is known to fail. */
async function smallest(
  limit: number,
  fails: (count: number) => Promise<boolean>,
  exhausted: () => boolean,
): Promise<number> {
  let low = 0;
  let high = limit;
  while (low < high && !exhausted()) {
    const middle = (low + high) >> 1;
    if (await fails(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}
