/** Migrations that have ended. */
export interface Ends {
  readonly completed: number;
  readonly failed: number;
}

/** What so many ends tell: that enough succeed, that too many fail, or nothing yet. */
export type SuccessVerdict = 'good' | 'bad' | 'undecided';

/** A service that is worth having fails this much of what is allowed at most. */
const GOOD_SHARE = 0.25;

/**
 * Wald's sequential probability ratio test: it may be looked at after every migration, and stops as soon as there are enough of them. It tells a service that fails at the
 * limit or more from one that fails a quarter of that: at the limit it says `good` with at most `missBad`, at a quarter of it `bad` with at most `stopGood`. Above a
 * limit of 2 % without a failure, at 2.5 % and 5 %, `good` takes 239 migrations. Source: Wald, A. (1945), "Sequential tests of statistical hypotheses".
 * @param limit share of failures from which on too many fail, above 0 and below 1
 */
export function testSuccess(
  { completed, failed }: Ends,
  limit: number,
  missBad: number,
  stopGood: number,
): SuccessVerdict {
  const good = limit * GOOD_SHARE;
  const ratio = failed * Math.log(limit / good) + completed * Math.log((1 - limit) / (1 - good));
  if (ratio <= Math.log(missBad / (1 - stopGood))) return 'good';
  if (ratio >= Math.log((1 - missBad) / stopGood)) return 'bad';
  return 'undecided';
}

/**
 * The chance to be wrong that the next attempt at a stage has: halves of `total`, so that all attempts together have no more than that, however often a stage begins anew.
 * @param repeats attempts before this one
 */
export function missOfAttempt(total: number, repeats: number): number {
  return total / (1 << Math.min(30, repeats + 1));
}
