import type { Trace, TraceEntry } from '../kernel/index.js';

const SHOWN = 40;

/** The last events that a finding is about, for its sequence diagram; the last of all when there are none. */
export function recentEvents(trace: Trace, subjects: readonly string[]): readonly TraceEntry[] {
  const hosts = new Set(subjects.flatMap((subject) => [subject, `client-${subject}`]));
  const recent = trace.recent(512);
  const related = recent.filter((entry) => hosts.has(entry.host) || (entry.to !== undefined && hosts.has(entry.to)));
  return (related.length >= 5 ? related : recent).slice(-SHOWN);
}
