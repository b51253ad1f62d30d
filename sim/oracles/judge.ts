import type { TraceEntry } from '../kernel/index.js';
import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** A finding with the oracle, the time, and the last events of those it is about. */
export interface Violation extends Finding {
  readonly oracle: string;
  readonly kind: 'safety' | 'liveness';
  readonly atUs: number;
  readonly events: readonly TraceEntry[];
}

/** At most this many violations of one oracle are kept: the first tell, the rest repeat. */
const KEPT = 5;

/** Lets the oracles judge a world, and keeps what they find. */
export class Judge {
  readonly violations: Violation[] = [];
  /** Violations of each oracle, those not kept included. */
  readonly counts = new Map<string, number>();
  /** Since when the world has been in order, as far as asked; null while it is not. */
  quietSinceUs: number | null = null;

  constructor(
    private readonly evidence: Evidence,
    private readonly oracles: readonly Oracle[],
    private readonly recentEvents: (subjects: readonly string[]) => readonly TraceEntry[],
    /** Told of each violation that is kept. */
    private readonly onViolation: ((violation: Violation) => void) | null = null,
  ) {
    for (const oracle of oracles) oracle.attach?.(evidence, (finding) => this.report(oracle, finding));
  }

  /** Looks whether everything is in order now; remembers since when. */
  look(): boolean {
    const inOrder = this.oracles.every((oracle) => (oracle.whenQuiet?.(this.evidence).length ?? 0) === 0);
    if (!inOrder) this.quietSinceUs = null;
    else this.quietSinceUs ??= this.evidence.nowUs;
    return inOrder;
  }

  /** The last word: everything that is not in order now is a violation. */
  conclude(): void {
    for (const oracle of this.oracles) {
      for (const finding of oracle.whenQuiet?.(this.evidence) ?? []) this.report(oracle, finding);
    }
  }

  private report(oracle: Oracle, finding: Finding): void {
    const count = (this.counts.get(oracle.id) ?? 0) + 1;
    this.counts.set(oracle.id, count);
    if (count > KEPT) return;
    const violation = {
      ...finding,
      oracle: oracle.id,
      kind: oracle.kind,
      atUs: this.evidence.nowUs,
      events: this.recentEvents(finding.subjects),
    };
    this.violations.push(violation);
    this.onViolation?.(violation);
  }
}
