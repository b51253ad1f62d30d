import type { Scenario } from '../scenario/index.js';

/** One world to explore: exactly who does what, what goes wrong, and how far the order of events may depart from that of time. */
export interface Case {
  /** With a script. Its duration is explored; then comes the time to heal, `drainS` at most. */
  readonly scenario: Scenario;
  /** Of everything else that is drawn in the world. */
  readonly seed: number;
  /** An event may overtake others that are due up to this much earlier. */
  readonly windowMs: number;
}
