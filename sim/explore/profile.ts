import type { PendingEvent } from '../kernel/index.js';
import { subjectsOf } from './race.js';

/** Counts of the tame schedule of a case: what strategies that need an expectation go by. */
export class Profile {
  /** Decisions of the schedule. */
  decisions = 0;
  /** Events by subject (key or actor), then by lane. */
  readonly bySubject = new Map<string, Map<string, number>>();

  /** Counts an event that has run. */
  note(event: PendingEvent): void {
    if (event.lane === null) return;
    for (const subject of subjectsOf(event)) {
      let lanes = this.bySubject.get(subject);
      if (lanes === undefined) {
        lanes = new Map();
        this.bySubject.set(subject, lanes);
      }
      lanes.set(event.lane.name, (lanes.get(event.lane.name) ?? 0) + 1);
    }
  }

  /** Subjects that more than one lane touches: where order can matter. In the order of first touch. */
  contended(): string[] {
    return [...this.bySubject].filter(([, lanes]) => lanes.size > 1).map(([subject]) => subject);
  }
}
