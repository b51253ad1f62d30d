import type { Footprint, PendingEvent } from '../kernel/index.js';

/**
 * Whether the order of two pending events may matter: they touch the same key and one of them writes it, or, where more than keys may be
 * changed, they reach the same actor.
 */
export function race(a: PendingEvent, b: PendingEvent): boolean {
  const first = a.lane;
  const second = b.lane;
  if (first === null || second === null) return false;
  if (first === second) return false;
  if (first.actor === null || second.actor === null) return true;
  if (first.actor !== second.actor) return false;
  const one = a.footprint;
  const other = b.footprint;
  return one === null || other === null || conflict(one, other);
}

/** Whether two sets of accesses share a key that one of them writes. */
export function conflict(a: Footprint, b: Footprint): boolean {
  return (
    a.writes.some((key) => b.writes.includes(key) || b.reads.includes(key)) ||
    a.reads.some((key) => b.writes.includes(key))
  );
}

/** What an event is about, for counting and ordering: its keys, or its actor. */
export function subjectsOf(event: PendingEvent): readonly string[] {
  const { footprint, lane } = event;
  if (footprint !== null) return footprint.writes.length > 0 ? footprint.writes : footprint.reads;
  return lane?.actor == null ? [] : [lane.actor];
}
