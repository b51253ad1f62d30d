import type { PendingEvent } from '../kernel/index.js';
import { subjectsOf } from './race.js';

/** Counts of the tame schedule of a case: what strategies that need an expectation go by. */
export class Profile {
  /** Decisions of the schedule. */
  decisions = 0;
  /** Events by subject (key or actor), then by lane. */
  readonly bySubject = new Map<string, Map<string, number>>();
  /** Events with more than one subject. */
  readonly manifold: { readonly lane: string; readonly subjects: readonly string[] }[] = [];

  /** Counts an event that has run. */
  note(event: PendingEvent): void {
    if (event.lane === null) return;
    const subjects = subjectsOf(event);
    if (subjects.length > 1) this.manifold.push({ lane: event.lane.name, subjects });
    for (const subject of subjects) {
      let lanes = this.bySubject.get(subject);
      if (lanes === undefined) {
        lanes = new Map();
        this.bySubject.set(subject, lanes);
      }
      lanes.set(event.lane.name, (lanes.get(event.lane.name) ?? 0) + 1);
    }
  }

  /** Events that touch at least one of these subjects, by lane. */
  count(subjects: ReadonlySet<string>): Map<string, number> {
    const counts = new Map<string, number>();
    const add = (lane: string, events: number) => counts.set(lane, (counts.get(lane) ?? 0) + events);
    for (const subject of subjects) for (const [lane, events] of this.bySubject.get(subject) ?? []) add(lane, events);
    for (const event of this.manifold) {
      let touched = 0;
      for (const subject of event.subjects) if (subjects.has(subject)) touched++;
      if (touched > 1) add(event.lane, 1 - touched);
    }
    return counts;
  }

  /** Subjects that more than one lane touches: where order can matter. In the order of first touch. */
  contended(): string[] {
    return [...this.bySubject].filter(([, lanes]) => lanes.size > 1).map(([subject]) => subject);
  }
}
