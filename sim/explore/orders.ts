import type { PendingEvent } from '../kernel/index.js';
import { subjectsOf } from './race.js';

/** The orders in which lanes have met at keys and actors: pairs of neighbours, over many schedules. */
export class Orders {
  private readonly known = new Set<string>();
  private last = new Map<string, string>();
  private fresh = 0;

  /** A schedule begins. */
  begin(): void {
    this.last = new Map();
    this.fresh = 0;
  }

  /** Pairs of this schedule that no schedule before has shown. */
  get news(): number {
    return this.fresh;
  }

  /** Different pairs of all schedules. */
  get size(): number {
    return this.known.size;
  }

  note(event: PendingEvent): void {
    if (event.lane === null) return;
    const { name } = event.lane;
    for (const subject of subjectsOf(event)) {
      const before = this.last.get(subject);
      this.last.set(subject, name);
      if (before === undefined || before === name) continue;
      const pair = `${subject}|${before}|${name}`;
      if (this.known.has(pair)) continue;
      this.known.add(pair);
      this.fresh++;
    }
  }
}
