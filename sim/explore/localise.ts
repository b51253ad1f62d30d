import { Choices, type PendingEvent } from '../kernel/index.js';
import type { MinimiseOptions, Suspect } from './minimise.js';
import { race } from './race.js';
import { runSchedule } from './run-schedule.js';
import { holdsOf } from './schedule.js';
import { Hold } from './strategies/hold.js';
import { Replay } from './strategies/replay.js';

/** Two events whose order makes the difference: as it is, the oracle objects; the other way round, none does. */
export interface CriticalPair {
  /** Keys of the events, in the order that fails. */
  readonly first: string;
  readonly second: string;
  /** Schedules run to find it. */
  readonly replays: number;
}

/** At most so many swaps are tried. */
const SWAPS = 60;

interface Ran {
  readonly event: PendingEvent;
  readonly atUs: number;
}

/**
 * Finds the critical pair of a counterexample: two events that race, next to each other in time, such that swapping them makes the
 * violation go away. Departures of the schedule are tried first, the latest first; then pairs that race, from the violation backwards:
 * those whose second was already on its way when the first ran, in turns with those for which the first must wait until the second is sent.
 * @returns null when no single swap helps
 */
export async function localise(suspect: Suspect, options: MinimiseOptions = {}): Promise<CriticalPair | null> {
  const { atUs } = suspect.violation;
  const ran: Ran[] = [];
  const causes = new Map<number, number>();
  await runSchedule(suspect.given, {
    strategy: new Replay(suspect.departures),
    dice: new Choices(suspect.given.seed).stream('replay'),
    collaborators: options.collaborators,
    oracles: options.oracles,
    observe: (event, nowUs) => {
      causes.set(event.sequence, event.cause);
      if (event.lane !== null) ran.push({ event, atUs: nowUs });
    },
  });
  const reachUs = suspect.given.windowMs * 1e3;
  const pairs = [...departed(suspect, ran), ...racing(ran, causes, atUs, reachUs)];
  let replays = 0;
  for (const [first, second] of pairs) {
    if (replays === SWAPS || options.signal?.aborted) break;
    replays++;
    const strategy = new Hold(new Replay(suspect.departures), first, second);
    const outcome = await runSchedule(suspect.given, {
      strategy,
      dice: new Choices(suspect.given.seed).stream('replay'),
      collaborators: options.collaborators,
      oracles: options.oracles,
    });
    if (strategy.swapped && outcome.violation === null) return { first, second, replays };
  }
  return null;
}

/** What came first against the order of time, and what it overtook; the latest first. */
function departed(suspect: Suspect, ran: readonly Ran[]): [string, string][] {
  const place = new Map(ran.map(({ event }, index) => [event.key, index]));
  return holdsOf(suspect.departures)
    .map(({ hold, until }): [string, string] => [until, hold])
    .filter(([first, second]) => (place.get(first) ?? 0) < (place.get(second) ?? -1))
    .reverse();
}

/** Pairs of events that race, neither of which is what came of the other. */
function racing(
  ran: readonly Ran[],
  causes: ReadonlyMap<number, number>,
  violationUs: number,
  reachUs: number,
): [string, string][] {
  const onTheirWay: [string, string][] = [];
  const notYetSent: [string, string][] = [];
  for (let i = ran.length - 1; i >= 0 && onTheirWay.length < SWAPS; i--) {
    const { event: second, atUs } = ran[i]!;
    if (atUs > violationUs) continue;
    for (let j = i - 1; j >= 0 && ran[j]!.atUs >= atUs - reachUs; j--) {
      const first = ran[j]!;
      if (!race(first.event, second) || cameOf(second, first.event, causes)) continue;
      (second.pushedUs > first.atUs ? notYetSent : onTheirWay).push([first.event.key, second.key]);
      break;
    }
  }
  // in turns, so that one kind does not use up the budget of the other
  return Array.from({ length: Math.max(onTheirWay.length, notYetSent.length) }, (_, index) => [
    ...onTheirWay.slice(index, index + 1),
    ...notYetSent.slice(index, index + 1),
  ]).flat();
}

/** Whether an event would not have been without an earlier one. */
function cameOf(event: PendingEvent, earlier: PendingEvent, causes: ReadonlyMap<number, number>): boolean {
  let { cause } = event;
  while (cause > earlier.sequence) cause = causes.get(cause) ?? -1;
  return cause === earlier.sequence;
}
