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
  private unquietSinceUs: number | null = null;
  private readonly toldOfUnrest = new Set<Oracle>();

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
    for (const oracle of this.oracles) {
      const problem = oracle.whenQuiet?.(this.evidence)[0];
      if (problem === undefined) continue;
      this.noteUnrest(problem);
      return false;
    }
    this.noteQuiet();
    return true;
  }

  /** Whether something is due that still has time. */
  get pending(): boolean {
    return this.oracles.some((oracle) => oracle.pending?.(this.evidence) === true);
  }

  /** The last word: everything that is not in order now is a violation. */
  conclude(): void {
    let first: Finding | null = null;
    for (const oracle of this.oracles) {
      for (const finding of oracle.whenQuiet?.(this.evidence) ?? []) {
        first ??= finding;
        this.report(oracle, finding);
      }
    }
    if (first === null) this.noteQuiet();
    else this.noteUnrest(first);
  }

  private noteQuiet(): void {
    this.quietSinceUs ??= this.evidence.nowUs;
    this.unquietSinceUs = null;
  }

  private noteUnrest(problem: Finding): void {
    this.quietSinceUs = null;
    this.unquietSinceUs ??= this.evidence.nowUs;
    for (const oracle of this.oracles) {
      if (!oracle.whenUnquiet || this.toldOfUnrest.has(oracle)) continue;
      for (const finding of oracle.whenUnquiet(this.evidence, this.unquietSinceUs, problem)) {
        this.toldOfUnrest.add(oracle);
        this.report(oracle, finding);
      }
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
