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
   * @param gates the first candidate is all that keeps an event of the world itself from running
   * @returns index of the event that comes next; -1: no schedule from here on is worth running
   */
  choose(candidates: readonly PendingEvent[], decision: number, gates: boolean): number;
  /**
   * An event is about to run, chosen or without a choice.
   * @param gates after it an event of the world comes, whatever anybody chooses
   */
  ran?(event: PendingEvent, gates: boolean): void;
  /** The schedule is over: lets go of its events, and with them of its world. */
  end?(): void;
}
