import type { Counterexample, CounterexampleEvent } from './counterexample-schema.js';

/** A row of a picture: an event, or a stretch of events that are not shown. */
export type Row =
  | { readonly event: CounterexampleEvent }
  | { readonly folded: number; readonly what: string; readonly fromUs: number; readonly toUs: number };

/** How much an event tells: 4 the violation and the critical pair, 0 routine. */
type Weight = 0 | 1 | 2 | 3 | 4;

/**
 * The rows of a picture with room for `limit` of them. Routine is always folded; of the rest the least telling first (see `weigh`), and
 * among equals the oldest. The violation and the critical pair always stay.
 */
export function foldEvents(counterexample: Counterexample, limit: number): readonly Row[] {
  const weights = weigh(counterexample);
  const { events } = counterexample;
  const weightOf = ({ n }: CounterexampleEvent) => weights.get(n) ?? 0;
  // The most telling first, the latest first among equals: as many of them as there is room for.
  const ranked = events.filter((event) => weightOf(event) > 0).sort((a, b) => weightOf(b) - weightOf(a) || b.n - a.n);
  const must = ranked.filter((event) => weightOf(event) === 4).length;
  const rowsOf = (count: number) => {
    const shown = new Set(ranked.slice(0, Math.max(must, count)).map(({ n }) => n));
    return fold(events, (event) => shown.has(event.n));
  };
  // One event more is one row more or, where it closes a gap, one less; so this is a good count, not always the best.
  let [fits, tooMany] = [0, ranked.length + 1];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (rowsOf(middle).length <= limit) fits = middle;
    else tooMany = middle;
  }
  return rowsOf(fits);
}

function fold(events: readonly CounterexampleEvent[], shown: (event: CounterexampleEvent) => boolean): Row[] {
  const rows: Row[] = [];
  let stretch: CounterexampleEvent[] = [];
  let omitted = 0;
  let omittedWhat = '';
  const close = (untilUs: number) => {
    const count = stretch.length + omitted;
    // A lone event takes no more room than the line that would say so.
    if (count === 1 && stretch[0] !== undefined && stretch[0].routine !== true) rows.push({ event: stretch[0] });
    else if (count > 0) {
      const noun = nounOf(stretch, omittedWhat);
      const what = count === 1 ? noun.replace(/s$/, '') : noun;
      rows.push({ folded: count, what, fromUs: stretch[0]?.atUs ?? untilUs, toUs: stretch.at(-1)?.atUs ?? untilUs });
    }
    stretch = [];
    omitted = 0;
    omittedWhat = '';
  };
  for (const event of events) {
    if (event.omittedBefore !== undefined) {
      omittedWhat = omitted > 0 && omittedWhat !== event.omittedBefore.what ? 'events' : event.omittedBefore.what;
      omitted += event.omittedBefore.count;
    }
    if (shown(event)) {
      close(event.atUs);
      rows.push({ event });
    } else stretch.push(event);
  }
  close(events.at(-1)?.atUs ?? 0);
  return rows;
}

/** `heartbeats` when all of them are one; otherwise `events`. */
function nounOf(stretch: readonly CounterexampleEvent[], omittedWhat: string): string {
  const labels = new Set(stretch.map((event) => (event.routine === true ? event.label : '')));
  const [label] = labels;
  if (stretch.length === 0) return omittedWhat;
  if (labels.size !== 1 || label === undefined || !/^[a-z][a-z -]*$/i.test(label)) return 'events';
  const plural = /s$/.test(label) ? label : `${label}s`;
  return omittedWhat === '' || omittedWhat === plural ? plural : 'events';
}

/**
 * How much each event tells: first what decides; then actions, faults and departures from the tame order; then what led to the
 * decisive ones, touches their keys or changes a state; then the rest.
 */
function weigh(counterexample: Counterexample): ReadonlyMap<number, Weight> {
  const { critical, events } = counterexample;
  const decisive = new Set(
    events
      .filter((event) => event.kind === 'violation' || event.n === critical?.first || event.n === critical?.second)
      .map(({ n }) => n),
  );
  const led = causesOf(events, decisive);
  const keys = new Set(events.filter(({ n }) => decisive.has(n)).flatMap(keysOf));
  const weightOf = (event: CounterexampleEvent): Weight => {
    if (decisive.has(event.n)) return 4;
    if (event.chosen === true || event.kind === 'fault' || event.kind === 'action') return 3;
    if (event.routine === true) return 0;
    if (led.has(event.n) || event.kind === 'state' || keysOf(event).some((key) => keys.has(key))) return 2;
    return 1;
  };
  return new Map(events.map((event) => [event.n, weightOf(event)]));
}

function keysOf(event: CounterexampleEvent): string[] {
  return [...(event.reads ?? []), ...(event.writes ?? [])];
}

/** Everything that led to some events, by `cause`. */
export function causesOf(events: readonly CounterexampleEvent[], ends: Iterable<number>): ReadonlySet<number> {
  const causes = new Map(events.map(({ n, cause }) => [n, cause]));
  const found = new Set<number>();
  for (const end of ends) {
    for (let n = causes.get(end); n !== undefined && !found.has(n); n = causes.get(n)) found.add(n);
  }
  return found;
}
