import type { PendingEvent } from '../kernel/index.js';
import { subjectsOf } from './race.js';

/** What is known of one key or actor. */
class Meetings {
  /** The schedule in which `last` came. */
  schedule = -1;
  /** The lane that came last. */
  last = '';
  /** Lane -> lanes that have come next. */
  readonly next = new Map<string, Set<string>>();
}

/** The orders in which lanes have met at keys and actors: pairs of neighbours, over many schedules. */
export class Orders {
  private readonly meetings = new Map<string, Meetings>();
  private schedule = 0;
  private pairs = 0;
  private fresh = 0;

  /** A schedule begins. */
  begin(): void {
    this.schedule++;
    this.fresh = 0;
  }

  /** Pairs of this schedule that no schedule before has shown. */
  get news(): number {
    return this.fresh;
  }

  /** Different pairs of all schedules. */
  get size(): number {
    return this.pairs;
  }

  note(event: PendingEvent): void {
    if (event.lane === null) return;
    const { name } = event.lane;
    for (const subject of subjectsOf(event)) this.meet(subject, name);
  }

  private meet(subject: string, lane: string): void {
    let known = this.meetings.get(subject);
    if (known === undefined) {
      known = new Meetings();
      this.meetings.set(subject, known);
    }
    const before = known.schedule === this.schedule ? known.last : lane;
    known.schedule = this.schedule;
    known.last = lane;
    if (before === lane) return;
    const next = known.next.get(before);
    if (next === undefined) known.next.set(before, new Set([lane]));
    else if (next.has(lane)) return;
    else next.add(lane);
    this.pairs++;
    this.fresh++;
  }
}
