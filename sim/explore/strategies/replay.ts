import type { PendingEvent } from '../../kernel/index.js';
import type { Departure } from '../schedule.js';
import type { Strategy } from './strategy.js';

/**
 * Decides as recorded. Where the world no longer offers what was picked, the replay has diverged: it goes on in the order of time and
 * says so in {@link diverged}.
 */
export class Replay implements Strategy {
  readonly name = 'replay';
  /** Departures that could not be made. */
  diverged: Departure[] = [];
  /** Departures that were made. */
  followed = 0;
  private readonly byEvent = new Map<string, Map<number, Departure>>();
  private readonly passedOver = new Map<string, number>();

  constructor(departures: readonly Departure[]) {
    for (const departure of departures) {
      const known = this.byEvent.get(departure.instead);
      if (known === undefined) this.byEvent.set(departure.instead, new Map([[departure.nth, departure]]));
      else known.set(departure.nth, departure);
    }
  }

  begin(): void {
    this.passedOver.clear();
    this.followed = 0;
    this.diverged = [];
  }

  choose(candidates: readonly PendingEvent[]): number {
    const instead = candidates[0]!.key;
    const departures = this.byEvent.get(instead);
    if (departures === undefined) return 0;
    const nth = this.passedOver.get(instead) ?? 0;
    const departure = departures.get(nth);
    if (departure === undefined) return 0;
    for (let i = 1; i < candidates.length; i++) {
      if (candidates[i]!.key !== departure.pick) continue;
      this.passedOver.set(instead, nth + 1);
      this.followed++;
      return i;
    }
    this.diverged.push(departure);
    return 0;
  }
}
