import type { ChoiceStream, PendingEvent } from '../../kernel/index.js';
import type { Profile } from '../profile.js';
import type { Departure } from '../schedule.js';
import { Replay } from './replay.js';
import type { Strategy } from './strategy.js';

/**
 * Feedback as in greybox fuzzing (Böhme, Pham, Roychoudhury, "Coverage-Based Greybox Fuzzing as Markov Chain", CCS 2016; for schedules: Wolff,
 * Shi, Duck, Mathur, Roychoudhury, "Greybox Fuzzing for Concurrency Testing", ASPLOS 2024): takes a schedule that has shown a new order of
 * accesses to a key, forgets some of its departures, keeps the others, and adds a few of its own.
 */
export class Mutate implements Strategy {
  readonly name = 'feedback';
  private dice!: ChoiceStream;
  private replay = new Replay([]);
  private changes: number[] = [];

  /** @param kept departures of a schedule worth keeping, one list per schedule; it may grow */
  constructor(private readonly kept: readonly (readonly Departure[])[]) {}

  begin(dice: ChoiceStream, profile: Profile): void {
    this.dice = dice;
    const parent = this.kept.length === 0 ? [] : this.kept[dice.choose(this.kept.length)]!;
    const survives = [1, 0.9, 0.5][dice.choose(3)]!;
    this.replay = new Replay(parent.filter(() => dice.chance(survives)));
    this.replay.begin();
    const changes = dice.choose(4) + (this.kept.length === 0 ? 3 : 0);
    this.changes = Array.from({ length: changes }, () => dice.choose(Math.max(1, profile.decisions)));
  }

  choose(candidates: readonly PendingEvent[], decision: number): number {
    const followed = this.replay.choose(candidates);
    return this.changes.includes(decision) ? this.dice.choose(candidates.length) : followed;
  }
}
