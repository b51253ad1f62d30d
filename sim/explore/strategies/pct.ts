import type { ChoiceStream, EventLane, PendingEvent } from '../../kernel/index.js';
import type { Profile } from '../profile.js';
import type { Strategy } from './strategy.js';

/**
 * Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of
 * Finding Bugs", ASPLOS 2010. Lanes have random priorities, the highest runs; at d - 1 random decisions the lane that would run falls below
 * all that have not fallen. Change point i has its own priority i, whatever their order in time: a bug may need the lane that falls later
 * to stay above the one that fell before.
 *
 * Finds a bug of depth d among n lanes and k decisions with a probability of at least 1 / (n * k to the power of d - 1) where the window
 * allows what it needs; k is estimated from the tame schedule.
 */
export class Pct implements Strategy {
  readonly name: string;
  private dice!: ChoiceStream;
  private priorities = new Map<EventLane, number>();
  private changes: number[] = [];

  /** @param depth ordered pairs of events that the bug needs, at least 1 */
  constructor(private readonly depth: number) {
    this.name = `pct-${depth}`;
  }

  begin(dice: ChoiceStream, profile: Profile): void {
    this.dice = dice;
    this.priorities = new Map();
    const length = Math.max(1, profile.decisions);
    this.changes = Array.from({ length: this.depth - 1 }, () => dice.choose(length));
  }

  choose(candidates: readonly PendingEvent[], decision: number): number {
    let best = this.highest(candidates);
    for (let i = 0; i < this.changes.length; i++) {
      if (this.changes[i] !== decision) continue;
      this.priorities.set(candidates[best]!.lane!, -1 - i);
      best = this.highest(candidates);
    }
    return best;
  }

  end(): void {
    this.priorities = new Map();
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
