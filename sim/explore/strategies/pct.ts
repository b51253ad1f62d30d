import type { ChoiceStream, EventLane, PendingEvent } from '../../kernel/index.js';
import type { Profile } from '../profile.js';
import type { Strategy } from './strategy.js';

/**
 * Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of
 * Finding Bugs", ASPLOS 2010. Lanes have random priorities, the highest runs; at d - 1 random decisions the running lane falls to the bottom.
 * Finds a bug of depth d among n lanes and k decisions with a probability of at least 1 / (n * k to the power of d - 1).
 */
export class Pct implements Strategy {
  readonly name: string;
  private dice!: ChoiceStream;
  private priorities = new Map<EventLane, number>();
  private changes: number[] = [];
  private lowest = 0;

  /** @param depth ordered pairs of events that the bug needs, at least 1 */
  constructor(private readonly depth: number) {
    this.name = `pct-${depth}`;
  }

  begin(dice: ChoiceStream, profile: Profile): void {
    this.dice = dice;
    this.priorities = new Map();
    this.lowest = 0;
    const length = Math.max(1, profile.decisions);
    this.changes = Array.from({ length: this.depth - 1 }, () => dice.choose(length));
  }

  choose(candidates: readonly PendingEvent[], decision: number): number {
    let best = this.highest(candidates);
    for (const change of this.changes) {
      if (change !== decision) continue;
      this.priorities.set(candidates[best]!.lane!, --this.lowest);
      best = this.highest(candidates);
    }
    return best;
  }

  private highest(candidates: readonly PendingEvent[]): number {
    let best = 0;
    let priority = Number.NEGATIVE_INFINITY;
    candidates.forEach(({ lane }, index) => {
      const own = this.priorityOf(lane!);
      if (own <= priority) return;
      best = index;
      priority = own;
    });
    return best;
  }

  private priorityOf(lane: EventLane): number {
    let priority = this.priorities.get(lane);
    if (priority === undefined) {
      priority = this.dice.uniform() + Number.MIN_VALUE;
      this.priorities.set(lane, priority);
    }
    return priority;
  }
}
