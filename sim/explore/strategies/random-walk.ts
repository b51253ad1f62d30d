import type { ChoiceStream, PendingEvent } from '../../kernel/index.js';
import type { Strategy } from './strategy.js';

/**
 * Every candidate is as likely as any other. The baseline of all searches: simple, fair, and weak where a bug needs one event to be late
 * for long, since the chance falls exponentially with the number of decisions in between.
 */
export class RandomWalk implements Strategy {
  readonly name = 'random';
  private dice!: ChoiceStream;

  begin(dice: ChoiceStream): void {
    this.dice = dice;
  }

  choose(candidates: readonly PendingEvent[]): number {
    return this.dice.choose(candidates.length);
  }
}
