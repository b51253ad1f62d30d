import type { ChoiceStream, EventLane, PendingEvent } from '../../kernel/index.js';
import type { Profile } from '../profile.js';
import type { Strategy } from './strategy.js';

/**
 * Delay-bounded scheduling: Emmi, Qadeer, Rakamaric, "Delay-Bounded Scheduling", POPL 2011. A deterministic order, here that of time, but for
 * at most d delays. Theirs enumerates delays, and a delay moves on to the next task in turn; here they are drawn: d is 1 to 3, each at a
 * random decision, and holds the lane that would come next, or half of the time any other candidate, for as long as anything else may run
 * (to the end of the window). With k decisions and n candidates there are at most (k * n) to the power of d schedules; each that holds only
 * lanes that would come next has a probability of at least 1 / (2 k) to the power of d, a third for the number of delays aside.
 */
export class DelayBounded implements Strategy {
  readonly name = 'delay';
  private dice!: ChoiceStream;
  private at: number[] = [];
  private readonly held = new Set<EventLane>();

  begin(dice: ChoiceStream, profile: Profile): void {
    this.dice = dice;
    this.held.clear();
    const delays = 1 + dice.choose(3);
    this.at = Array.from({ length: delays }, () => dice.choose(Math.max(1, profile.decisions)));
  }

  choose(candidates: readonly PendingEvent[], decision: number): number {
    for (const at of this.at) {
      if (at !== decision) continue;
      const free = candidates.filter(({ lane }) => !this.held.has(lane!));
      if (free.length > 0) this.held.add(free[this.dice.chance(0.5) ? 0 : this.dice.choose(free.length)]!.lane!);
    }
    if (this.held.size === 0) return 0;
    const index = candidates.findIndex(({ lane }) => !this.held.has(lane!));
    if (index >= 0) return index;
    this.held.clear();
    return 0;
  }

  end(): void {
    this.held.clear();
  }

  ran(event: PendingEvent): void {
    // it has come to the end of its delay
    if (event.lane !== null) this.held.delete(event.lane);
  }
}
