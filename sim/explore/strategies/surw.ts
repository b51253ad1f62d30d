import type { ChoiceStream, EventLane, PendingEvent } from '../../kernel/index.js';
import type { Profile } from '../profile.js';
import { subjectsOf } from '../race.js';
import type { Strategy } from './strategy.js';

/**
 * Selectively uniform random walk: Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing", ASPLOS 2025. A few subjects
 * (here: keys and actors that several lanes touch in the tame schedule) are picked; the events that touch them are interleaved so that all
 * of their interleavings are about equally likely, since a lane is chosen with a weight of the events it has still to come; all other events
 * are chosen freely. For n interesting events the bound is one over the number of their interleavings.
 */
export class Surw implements Strategy {
  readonly name = 'surw';
  private dice!: ChoiceStream;
  private selected = new Set<string>();
  private remaining = new Map<string, number>();
  private intended: string | null = null;
  private readonly free: number[] = [];

  begin(dice: ChoiceStream, profile: Profile): void {
    this.dice = dice;
    this.selected = new Set();
    this.remaining = new Map();
    const contended = profile.contended();
    const count = contended.length === 0 ? 0 : 1 + dice.choose(Math.min(3, contended.length));
    for (let i = 0; i < count; i++) this.selected.add(contended[dice.choose(contended.length)]!);
    for (const subject of this.selected) {
      for (const [lane, events] of profile.bySubject.get(subject)!) {
        this.remaining.set(lane, (this.remaining.get(lane) ?? 0) + events);
      }
    }
    this.intend();
  }

  choose(candidates: readonly PendingEvent[]): number {
    const { free } = this;
    free.length = 0;
    let held = -1;
    for (let i = 0; i < candidates.length; i++) {
      const event = candidates[i]!;
      if (!this.isInteresting(event) || event.lane!.name === this.intended) free.push(i);
      else if (held < 0 || this.weight(event.lane!) > this.weight(candidates[held]!.lane!)) held = i;
    }
    // the intended lane has nothing to do yet: another must go on
    return free.length > 0 ? free[this.dice.choose(free.length)]! : held;
  }

  ran(event: PendingEvent): void {
    if (event.lane === null || !this.isInteresting(event)) return;
    const { name } = event.lane;
    const left = this.remaining.get(name) ?? 0;
    if (left > 0) this.remaining.set(name, left - 1);
    this.intend();
  }

  private weight(lane: EventLane): number {
    return this.remaining.get(lane.name) ?? 0;
  }

  private isInteresting(event: PendingEvent): boolean {
    return subjectsOf(event).some((subject) => this.selected.has(subject));
  }

  /** Draws the lane whose interesting event comes next, by the number it has left. */
  private intend(): void {
    let total = 0;
    for (const left of this.remaining.values()) total += left;
    this.intended = null;
    if (total === 0) return;
    let draw = this.dice.choose(total);
    for (const [lane, left] of this.remaining) {
      draw -= left;
      if (draw >= 0) continue;
      this.intended = lane;
      return;
    }
  }
}
