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
 * violation go away. Departures of the schedule are tried first, the latest first; then pairs that race, from the violation backwards.
 * @returns null when no single swap helps
 */
export async function localise(suspect: Suspect, options: MinimiseOptions = {}): Promise<CriticalPair | null> {
  const { atUs } = suspect.violation;
  const ran: Ran[] = [];
  await runSchedule(suspect.given, {
    strategy: new Replay(suspect.departures),
    dice: new Choices(suspect.given.seed).stream('replay'),
    collaborators: options.collaborators,
    oracles: options.oracles,
    observe: (event, nowUs) => {
      if (event.lane !== null) ran.push({ event, atUs: nowUs });
    },
  });
  const pairs = [...departed(suspect, ran), ...racing(ran, atUs, suspect.given.windowMs * 1e3)];
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

/** Pairs of events that race, the second of which was already on its way when the first ran; from the violation backwards. */
function racing(ran: readonly Ran[], violationUs: number, reachUs: number): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = ran.length - 1; i >= 0 && pairs.length < SWAPS; i--) {
    const { event: second, atUs } = ran[i]!;
    if (atUs > violationUs) continue;
    for (let j = i - 1; j >= 0 && ran[j]!.atUs >= atUs - reachUs; j--) {
      const first = ran[j]!;
      if (second.pushedUs > first.atUs || !race(first.event, second)) continue;
      pairs.push([first.event.key, second.key]);
      break;
    }
  }
  return pairs;
}
