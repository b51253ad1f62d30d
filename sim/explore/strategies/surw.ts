import type { ChoiceStream, EventLane, PendingEvent } from '../../kernel/index.js';
import type { Profile } from '../profile.js';
import { subjectsOf } from '../race.js';
import type { Strategy } from './strategy.js';

/**
 * Selectively uniform random walk: Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing", ASPLOS 2025. A few subjects
 * (here: keys and actors that several lanes touch in the tame schedule) are picked. The lane whose event that touches one of them comes
 * next is drawn with a weight of such events it has still to come, and the others wait with theirs; everything else is chosen freely. So all
 * interleavings of the interesting events are equally likely, as far as their numbers are those of the tame schedule, no lane waits for
 * another, and the window allows it: a bug that one of them shows is found with a probability of one over their number.
 */
export class Surw implements Strategy {
  readonly name = 'surw';
  private dice!: ChoiceStream;
  private selected = new Set<string>();
  private remaining = new Map<string, number>();
  private intended: string | null = null;

  begin(dice: ChoiceStream, profile: Profile): void {
    this.dice = dice;
    this.selected = new Set();
    const contended = profile.contended();
    const count = contended.length === 0 ? 0 : 1 + dice.choose(Math.min(3, contended.length));
    for (let i = 0; i < count; i++) this.selected.add(contended[dice.choose(contended.length)]!);
    this.remaining = profile.count(this.selected);
    this.intend();
  }

  choose(candidates: readonly PendingEvent[]): number {
    const free: number[] = [];
    const held: number[] = [];
    for (let i = 0; i < candidates.length; i++) {
      const event = candidates[i]!;
      if (event.lane!.name === this.intended || !this.isInteresting(event)) free.push(i);
      else held.push(i);
    }
    if (free.length > 0) return free[this.dice.choose(free.length)]!;
    // the intended lane has nothing to do yet: another must go on
    let total = 0;
    for (const index of held) total += this.weight(candidates[index]!.lane!);
    let draw = this.dice.choose(Math.max(1, total));
    for (const index of held) {
      draw -= this.weight(candidates[index]!.lane!);
      if (draw < 0) return index;
    }
    return held[this.dice.choose(held.length)]!;
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
    for (const subject of subjectsOf(event)) if (this.selected.has(subject)) return true;
    return false;
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
