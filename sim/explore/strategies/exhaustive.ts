import { DeadairError, ExitCode } from '../../errors.js';
import type { PendingEvent } from '../../kernel/index.js';
import { race } from '../race.js';
import type { Strategy } from './strategy.js';

/** One decision on the path of the search. */
interface Node {
  /** Keys of the candidates. */
  readonly keys: readonly string[];
  chosen: number;
  /** Keys of candidates that need not be tried: their schedules have been seen before this decision was reached ... */
  readonly asleep: ReadonlySet<string>;
  /** ... or from here. */
  readonly seen: Set<string>;
}

/**
 * Every schedule once, depth first, without those that differ only in the order of independent events: sleep sets of Godefroid,
 * "Partial-Order Methods for the Verification of Concurrent Systems", LNCS 1032, 1996. Visits at least one schedule of every class of
 * equivalent ones. For small scopes: k binary decisions that race make 2 to the power of k schedules.
 *
 * Independent are events that do not race, as long as neither is all that keeps an event of the world from running: that disables choices.
 * A window never does: it only moves on with what has run. What independent events change for each other is the time at which they run;
 * where the program reads the clock, or sets timers by it, a class is seen with one of its timings only.
 */
export class Exhaustive implements Strategy {
  readonly name = 'exhaustive';
  /** All schedules have been seen. */
  done = false;
  /** Schedules that were equivalent to others from some event on, nearly all of them broken off there. */
  pruned = 0;
  private readonly path: Node[] = [];
  private depth = 0;
  /** Events whose schedules from here on have all been seen, by key. */
  private readonly asleep = new Map<string, PendingEvent>();
  /** One of them has run nevertheless, because there was no choice. */
  private covered = false;
  private running = false;
  private brokenOff = false;

  /** @param fromUs what is due before keeps its order, e.g. the start of servers; virtual time in microseconds */
  constructor(private readonly fromUs = 0) {}

  begin(): void {
    if (this.running) this.advance();
    this.running = true;
    this.depth = 0;
    this.covered = false;
    this.brokenOff = false;
    this.asleep.clear();
  }

  choose(candidates: readonly PendingEvent[], _decision: number, gates: boolean): number {
    if (candidates[0]!.timeUs < this.fromUs) return 0;
    const { asleep } = this;
    if (gates) asleep.delete(candidates[0]!.key);
    const node = this.path[this.depth];
    if (node !== undefined) {
      this.depth++;
      if (candidates[node.chosen]?.key !== node.keys[node.chosen]) {
        throw new DeadairError(
          'explore.diverged',
          `the world offers ${candidates.map(({ key }) => key).join(', ')} where it offered ${node.keys.join(', ')} before: something outlives a world; look with deadair run --verify`,
          ExitCode.internal,
        );
      }
      for (const event of candidates) {
        if (node.seen.has(event.key) && !(gates && event === candidates[0])) asleep.set(event.key, event);
      }
      return node.chosen;
    }
    const keys = candidates.map(({ key }) => key);
    const chosen = this.covered ? -1 : keys.findIndex((key) => !asleep.has(key));
    if (chosen < 0) {
      this.brokenOff = true;
      return -1;
    }
    this.path.push({ keys, chosen, asleep: new Set(asleep.keys()), seen: new Set() });
    this.depth++;
    return chosen;
  }

  ran(event: PendingEvent, gates: boolean): void {
    const { asleep } = this;
    if (asleep.size === 0) return;
    if (event.lane === null || gates) {
      asleep.clear();
      return;
    }
    if (asleep.delete(event.key)) this.covered = true;
    for (const [key, sleeper] of asleep) if (sleeper.lane === event.lane || race(event, sleeper)) asleep.delete(key);
  }

  /** The schedule is over: goes to the next that has not been seen, or is {@link done}. */
  advance(): void {
    this.running = false;
    if (this.covered || this.brokenOff) this.pruned++;
    for (let node = this.path.at(-1); node !== undefined; node = this.path.at(-1)) {
      const { keys, asleep, seen } = node;
      seen.add(keys[node.chosen]!);
      const next = keys.findIndex((key) => !asleep.has(key) && !seen.has(key));
      if (next >= 0) {
        node.chosen = next;
        return;
      }
      this.path.pop();
    }
    this.done = true;
  }
}
