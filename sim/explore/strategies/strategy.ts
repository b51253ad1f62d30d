import type { ChoiceStream, PendingEvent } from '../../kernel/index.js';
import type { Profile } from '../profile.js';

/** Decides the order of events in one schedule after the other. */
export interface Strategy {
  /** Name on the command line and in results, e.g. `pct-3`. */
  readonly name: string;
  /**
   * A schedule begins.
   * @param dice all randomness that the strategy may use
   * @param profile what the tame schedule of the same case looked like
   */
  begin(dice: ChoiceStream, profile: Profile): void;
  /**
   * @param candidates at least two, the tame one first
   * @param decision number of decisions made before in this schedule
   * @returns index of the event that comes next; -1: no schedule from here on is worth running
   */
  choose(candidates: readonly PendingEvent[], decision: number): number;
  /** An event is about to run, chosen or without a choice. */
  ran?(event: PendingEvent): void;
}
