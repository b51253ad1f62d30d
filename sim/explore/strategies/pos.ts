import type { ChoiceStream, PendingEvent } from '../../kernel/index.js';
import { race } from '../race.js';
import type { Strategy } from './strategy.js';

/**
 * Partial order sampling: Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling", CAV 2018. Each event has a random priority, the highest
 * runs, and those that race with it draw anew. So partial orders are sampled, not interleavings: how long an event that races with nothing
 * waits makes no difference to the others. A partial order is found at least as often as the worst case of a random walk, one over (number
 * of lanes to the power of the number of events), times a factor that grows exponentially with the events that do not race (section 4 there).
 */
export class Pos implements Strategy {
  readonly name = 'pos';
  private dice!: ChoiceStream;
  private priorities = new Map<PendingEvent, number>();

  begin(dice: ChoiceStream): void {
    this.dice = dice;
    this.priorities = new Map();
  }

  choose(candidates: readonly PendingEvent[]): number {
    let best = 0;
    let priority = -1;
    for (let i = 0; i < candidates.length; i++) {
      const own = this.priorityOf(candidates[i]!);
      if (own <= priority) continue;
      best = i;
      priority = own;
    }
    return best;
  }

  ran(event: PendingEvent): void {
    this.priorities.delete(event);
    for (const pending of this.priorities.keys())
      if (race(event, pending)) this.priorities.set(pending, this.dice.uniform());
  }

  end(): void {
    this.priorities = new Map();
  }

  private priorityOf(event: PendingEvent): number {
    let priority = this.priorities.get(event);
    if (priority === undefined) {
      priority = this.dice.uniform();
      this.priorities.set(event, priority);
    }
    return priority;
  }
}
