import type { PendingEvent } from '../../kernel/index.js';
import { race } from '../race.js';
import type { Strategy } from './strategy.js';

/** One decision on the path of the search. */
interface Node {
  /** Keys of the candidates. */
  readonly keys: readonly string[];
  chosen: number;
  /** Keys of candidates whose schedules have all been seen, here or before. */
  readonly asleep: Map<string, PendingEvent>;
}

/**
 * Every schedule once, depth first, without those that differ only in the order of independent events: sleep sets of Godefroid,
 * "Partial-Order Methods for the Verification of Concurrent Systems", LNCS 1032, 1996. Visits at least one schedule of every class of
 * equivalent ones. For small scopes: k binary decisions that race make 2 to the power of k schedules.
 */
export class Exhaustive implements Strategy {
  readonly name = 'exhaustive';
  /** All schedules have been seen. */
  done = false;
  /** Schedules broken off because every way on had been seen. */
  pruned = 0;
  private readonly path: Node[] = [];
  private depth = 0;
  private asleep = new Map<string, PendingEvent>();
  private started = false;

  begin(): void {
    if (this.started) this.backtrack();
    this.started = true;
    this.depth = 0;
    this.asleep = new Map();
  }

  choose(candidates: readonly PendingEvent[]): number {
    const node = this.path[this.depth];
    if (node !== undefined) {
      this.depth++;
      // events are objects of their run: those asleep are found again by name
      const asleep = new Map<string, PendingEvent>();
      for (const event of candidates) if (node.asleep.has(event.key)) asleep.set(event.key, event);
      for (const [key, event] of this.asleep) if (node.asleep.has(key)) asleep.set(key, event);
      this.asleep = asleep;
      return node.chosen;
    }
    const keys = candidates.map(({ key }) => key);
    const chosen = keys.findIndex((key) => !this.asleep.has(key));
    if (chosen < 0) {
      this.pruned++;
      return -1;
    }
    this.path.push({ keys, chosen, asleep: new Map(this.asleep) });
    this.depth++;
    return chosen;
  }

  ran(event: PendingEvent): void {
    for (const [key, sleeper] of this.asleep) if (sleeper === event || race(event, sleeper)) this.asleep.delete(key);
  }

  /** Goes to the next schedule that has not been seen. */
  private backtrack(): void {
    for (let node = this.path.at(-1); node !== undefined; node = this.path.at(-1)) {
      node.asleep.set(node.keys[node.chosen]!, undefined as unknown as PendingEvent);
      const next = node.keys.findIndex((key) => !node.asleep.has(key));
      if (next >= 0) {
        node.chosen = next;
        return;
      }
      this.path.pop();
    }
    this.done = true;
  }
}
