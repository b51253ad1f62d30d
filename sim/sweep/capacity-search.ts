/** What a search for the largest load that passes has found. Loads are whole numbers. */
export interface Interval {
  /** Largest load that passed, below which nothing failed that was tried and not contradicted; null: none. */
  readonly passed: number | null;
  /** Smallest load above it that failed; null: none. */
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

/**
 * Searches the largest load that passes: doubling (or halving) from the start until one passes and one fails, then halving the interval between
 * them. That is right if more load is never better. It is not taken for granted: when the interval is found, loads on both sides of it are tried as
 * well ({@link PROBES}). One that fails below moves the search there, so that what is told as the capacity has no known failure beneath it; one that
 * passes above is told as an exception.
 *
 * A generator: yields the next load to try, is given whether it passed, returns the interval.
 */
export function* searchCapacity({ start, min, max, precision }: SearchOptions): Generator<number, Interval, boolean> {
  const known = new Map<number, boolean>();
  function* ask(load: number): Generator<number, boolean, boolean> {
    let passed = known.get(load);
    if (passed === undefined) {
      passed = yield load;
      known.set(load, passed);
    }
    return passed;
  }
  let low: number | null = null;
  let high: number | null = null;
  for (let load = start; ; ) {
    if (yield* ask(load)) {
      low = load;
      if (high !== null || load >= max) break;
      load = Math.min(max, load * 2);
    } else {
      high = load;
      if (low !== null || load <= min) break;
      load = Math.max(min, Math.floor(load / 2));
    }
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    while (low !== null && high !== null && high - low > Math.max(1, Math.floor(low * precision))) {
      const middle = Math.floor((low + high) / 2);
      if (yield* ask(middle)) low = middle;
      else high = middle;
    }
    if (low === null) break;
    let failed: number | null = null;
    for (const load of probesBelow(low, min)) if (!(yield* ask(load))) failed = load;
    if (failed === null) break;
    // more load was better here: what counts is the limit below the failure
    high = failed;
    low = null;
    for (const [load, passed] of known) if (passed && load < high && load > (low ?? -1)) low = load;
    if (low === null) {
      for (let load = Math.max(min, Math.floor(high / 2)); low === null; load = Math.max(min, Math.floor(load / 2))) {
        if (yield* ask(load)) low = load;
        else high = load;
        if (load <= min) break;
      }
    }
  }
  if (low !== null && high !== null) {
    const above = Math.min(max, high + Math.max(1, high - low));
    if (above > high) yield* ask(above);
  }
  const passes = [...known].filter(([, passed]) => passed).map(([load]) => load);
  const most = Math.max(...passes, Number.NEGATIVE_INFINITY);
  const exceptions = [...known].filter(([load, passed]) => !passed && load < most).map(([load]) => load);
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
