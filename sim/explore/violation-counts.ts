import type { Violation } from '../oracles/index.js';

/** How often an oracle objected. */
export interface ViolationCount {
  readonly oracle: string;
  readonly kind: Violation['kind'];
  /** Seeds whose first violation was of this oracle; of an exhaustive hunt: schedules. */
  readonly count: number;
}

/** Counts violations by oracle, the most frequent first. */
export function countViolations(violations: readonly Violation[]): ViolationCount[] {
  const counts = new Map<string, ViolationCount>();
  for (const { oracle, kind } of violations) {
    const name = `${oracle} ${kind}`;
    counts.set(name, { oracle, kind, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.oracle < b.oracle ? -1 : 1));
}
