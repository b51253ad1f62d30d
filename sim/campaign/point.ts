import type { RunResult } from '../../reports/result-schema.js';
import type { Scenario } from '../scenario/index.js';

/** One run of many: a scenario as it is set here, and a seed. The same seed draws the same random numbers at every setting. */
export interface Point {
  /** Names it among the others, e.g. `mixed-load#3`. */
  readonly key: string;
  readonly scenario: Scenario;
  readonly seed: number;
}

/** What came of a point. */
export type Outcome =
  | { readonly kind: 'result'; readonly result: RunResult }
  /** It could not be run: bad input for this world, or a thread that died twice with it. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly exitCode: number };
