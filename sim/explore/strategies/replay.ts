import type { PendingEvent } from '../../kernel/index.js';
import type { Choice, Departure, Hold } from '../schedule.js';
import type { Strategy } from './strategy.js';

/**
 * Decides as recorded. Where the world no longer offers what was picked, the replay has diverged: it goes on in the order of time and
 * says so in {@link diverged}.
 */
export class Replay implements Strategy {
  readonly name = 'replay';
  /** Departures that could not be made. */
  diverged: Departure[] = [];
  /** What has made a difference, in the order in which it did. */
  used = new Set<Choice>();
  /** Every event that was overtaken, with the last that overtook it: what the departures amount to. */
  overtaken = new Map<string, string>();
  private readonly departures = new Map<string, Map<number, Departure>>();
  private readonly holds = new Map<string, Hold>();
  private readonly passedOver = new Map<string, number>();
  /** Holds that are not over, by the event that waits. */
  private held = new Map<string, Hold>();

  constructor(choices: readonly Choice[]) {
    for (const choice of choices) {
      if ('hold' in choice) {
        this.holds.set(choice.hold, choice);
        continue;
      }
      const known = this.departures.get(choice.instead);
      if (known === undefined) this.departures.set(choice.instead, new Map([[choice.nth, choice]]));
      else known.set(choice.nth, choice);
    }
  }

  /** Departures that were made, and events that have waited. */
  get followed(): number {
    return this.used.size;
  }

  begin(): void {
    this.passedOver.clear();
    this.held = new Map(this.holds);
    this.used = new Set();
    this.overtaken = new Map();
    this.diverged = [];
  }

  choose(candidates: readonly PendingEvent[]): number {
    const departed = this.departures.size === 0 ? 0 : this.depart(candidates);
    return departed > 0 || this.held.size === 0 ? departed : this.firstFree(candidates);
  }

  ran({ key }: PendingEvent): void {
    if (this.held.size === 0) return;
    this.held.delete(key);
    for (const [waiting, { until }] of this.held) if (until === key) this.held.delete(waiting);
  }

  private overtake(key: string, by: string): void {
    this.overtaken.delete(key);
    this.overtaken.set(key, by);
  }

  private depart(candidates: readonly PendingEvent[]): number {
    const instead = candidates[0]!.key;
    const departures = this.departures.get(instead);
    if (departures === undefined) return 0;
    const nth = this.passedOver.get(instead) ?? 0;
    const departure = departures.get(nth);
    if (departure === undefined) return 0;
    for (let i = 1; i < candidates.length; i++) {
      if (candidates[i]!.key !== departure.pick) continue;
      this.passedOver.set(instead, nth + 1);
      this.used.add(departure);
      for (let passed = 0; passed < i; passed++) this.overtake(candidates[passed]!.key, departure.pick);
      return i;
    }
    this.diverged.push(departure);
    return 0;
  }

  /** The earliest that need not wait; when all must, the earliest. */
  private firstFree(candidates: readonly PendingEvent[]): number {
    for (let i = 0; i < candidates.length; i++) {
      if (this.held.has(candidates[i]!.key)) continue;
      for (let passed = 0; passed < i; passed++) this.used.add(this.held.get(candidates[passed]!.key)!);
      return i;
    }
    return 0;
  }
}
