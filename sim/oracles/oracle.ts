import type { Evidence } from './evidence.js';

/** Something that must never happen has happened. */
export interface Finding {
  readonly message: string;
  /** Users, hosts or channels it is about: for finding the events in the trace. */
  readonly subjects: readonly string[];
}

/**
 * A judge of what users want. An oracle looks at the evidence, never at how the core works inside, and knows no hazard.
 * It may listen to events (in `attach`), or judge the state of the world when everything is quiet, or both.
 */
export interface Oracle {
  /** Short name in kebab-case, stable: it appears in results and repros. */
  readonly id: string;
  /** `safety`: must hold always or once quiet. `liveness`: must come true in time. */
  readonly kind: 'safety' | 'liveness';
  /** What must hold, in one sentence. */
  readonly claim: string;
  /** `voice`: it judges what is heard, and says nothing in worlds without voice. */
  readonly needs?: 'voice';
  /** Starts to listen. `report` may be called at any event. */
  attach?(evidence: Evidence, report: (finding: Finding) => void): void;
  /** Problems of the present state, judged when faults and load have stopped. No problem: an empty list. */
  whenQuiet?(evidence: Evidence): Finding[];
  /** Something is due that has not come yet and has still time: it is too early to call it quiet. */
  pending?(evidence: Evidence): boolean;
  /**
   * Called whenever somebody looks and finds that not everything is in order: since when it has not been, as far as looked, and the first
   * problem found. What is returned is reported once.
   */
  whenUnquiet?(evidence: Evidence, sinceUs: number, problem: Finding): Finding[];
}
