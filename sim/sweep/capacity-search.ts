/** What a search for the largest load that passes has found. Loads are whole numbers. */
export interface Interval {
  /** Largest load that passed, below which nothing failed that was tried and not contradicted; null: none. */
  readonly passed: number | null;
  /** Smallest load above it that failed; null: none. Without both, no load is valid. */
  readonly failed: number | null;
  /** Loads that failed although a larger one passed. */
  readonly exceptions: readonly number[];
}

/** How a search is made. */
export interface SearchOptions {
  /** First load that is tried; between `min` and `max`. */
  readonly start: number;
  readonly min: number;
  readonly max: number;
  /** The interval is narrow enough when it is no wider than this share of the load; at least 1. */
  readonly precision: number;
}

/** Whether a load passed, or that there is no such load: `clients` that do not fill the channels. */
export type Answer = boolean | 'not-valid';

/** A valid load. */
interface Found {
  readonly load: number;
  readonly passed: boolean;
}

/** So many loads are looked at where the one that is wanted is not valid. */
export const SNAP_MAX = 5_000;

/**
 * Searches the largest load that passes: doubling (or halving) from the start until one passes and one fails, then halving the interval between
 * them. That is right if more load is never better. It is not taken for granted: when the interval is found, loads on both sides of it are tried as
 * well ({@link PROBES}). One that fails below moves the search there, so that what is told as the capacity has no known failure beneath it; one that
 * passes above is told as an exception.
 *
 * A load that is not valid says nothing: the valid one nearest to it that lies on the same side of what is known takes its place.
 *
 * A generator: yields the next load to try, is given the answer, returns the interval.
 */
export function* searchCapacity({ start, min, max, precision }: SearchOptions): Generator<number, Interval, Answer> {
  const known = new Map<number, Answer>();
  /** The nearest valid load from `from` to `to`, and whether it passed; null: there is none. */
  function* ask(wanted: number, from: number, to: number): Generator<number, Found | null, Answer> {
    for (const load of nearest(wanted, from, to)) {
      let answer = known.get(load);
      if (answer === undefined) {
        answer = yield load;
        known.set(load, answer);
      }
      if (answer !== 'not-valid') return { load, passed: answer };
    }
    return null;
  }
  let low: number | null = null;
  let high: number | null = null;
  for (let wanted = start; low === null || high === null; ) {
    const found: Found | null = yield* ask(wanted, (low ?? min - 1) + 1, (high ?? max + 1) - 1);
    if (found === null) break;
    if (found.passed) low = found.load;
    else high = found.load;
    wanted = found.passed ? Math.min(max, found.load * 2) : Math.max(min, Math.floor(found.load / 2));
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    while (low !== null && high !== null && high - low > Math.max(1, Math.floor(low * precision))) {
      const found: Found | null = yield* ask(Math.floor((low + high) / 2), low + 1, high - 1);
      if (found === null) break;
      if (found.passed) low = found.load;
      else high = found.load;
    }
    if (low === null) break;
    let failed: number | null = null;
    for (const probe of probesBelow(low, min)) {
      const found: Found | null = yield* ask(probe, min, low - 1);
      if (found?.passed === false) failed = Math.min(failed ?? found.load, found.load);
    }
    if (failed === null) break;
    // more load was better here: what counts is the limit below the failure
    low = null;
    for (const [load, answer] of known) if (answer === true && load < failed && load > (low ?? -1)) low = load;
    while (low === null) {
      const found: Found | null = yield* ask(Math.max(min, Math.floor(failed / 2)), min, failed - 1);
      if (found === null) break;
      if (found.passed) low = found.load;
      else failed = found.load;
    }
    high = failed;
  }
  if (low !== null && high !== null && high < max)
    yield* ask(Math.min(max, high + Math.max(1, high - low)), high + 1, max);
  // whatever else was tried on the way, nothing that is known to fail lies beneath
  for (const [load, answer] of known)
    if (low !== null && answer === false && load < low) high = Math.min(high ?? load, load);
  if (low !== null && high !== null && high < low) {
    const failed = high;
    low = null;
    for (const [load, answer] of known) if (answer === true && load < failed && load > (low ?? -1)) low = load;
  }
  const of = (wanted: boolean) => [...known].filter(([, answer]) => answer === wanted).map(([load]) => load);
  const most = Math.max(...of(true), Number.NEGATIVE_INFINITY);
  const exceptions = of(false).filter((load) => load < most);
  return { passed: low, failed: high, exceptions: exceptions.sort((a, b) => a - b) };
}

/** Searches begun anew below a failure. */
const ROUNDS_MAX = 3;

/** Loads below one that passed at which it is looked whether they pass, too: 95, 90 and 75 % of it. */
const PROBES = [0.75, 0.9, 0.95];

function probesBelow(load: number, min: number): number[] {
  const loads = PROBES.map((share) => Math.floor(load * share)).filter((probe) => probe >= min && probe < load);
  return [...new Set(loads)];
}

/** Loads from `from` to `to`, those that are nearer to the wanted one first, and of two the smaller. */
function* nearest(wanted: number, from: number, to: number): Generator<number> {
  const centre = Math.min(to, Math.max(from, wanted));
  let looked = 0;
  for (let distance = 0; centre - distance >= from || centre + distance <= to; distance++) {
    for (const load of distance === 0 ? [centre] : [centre - distance, centre + distance]) {
      if (load < from || load > to) continue;
      if (looked++ === SNAP_MAX) return;
      yield load;
    }
  }
}
