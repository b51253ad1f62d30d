import type { PendingEvent } from '../../kernel/index.js';
import type { Strategy } from './strategy.js';

/** Another strategy's schedule, but one event is held back until a certain other one has run: the two are swapped. */
export class Hold implements Strategy {
  readonly name = 'hold';
  /** The other event has run first. */
  swapped = false;
  private over = false;

  constructor(
    private readonly inner: Strategy,
    private readonly held: string,
    private readonly until: string,
  ) {}

  begin(...given: Parameters<Strategy['begin']>): void {
    this.inner.begin(...given);
  }

  choose(candidates: readonly PendingEvent[], decision: number, gates: boolean): number {
    const index = this.inner.choose(candidates, decision, gates);
    if (this.over || candidates[index]!.key !== this.held) return index;
    const wanted = candidates.findIndex(({ key }) => key === this.until);
    if (wanted >= 0) return wanted;
    return candidates.findIndex(({ key }) => key !== this.held);
  }

  ran(event: PendingEvent, gates: boolean): void {
    this.inner.ran?.(event, gates);
    if (this.over) return;
    if (event.key === this.until) this.swapped = true;
    this.over = this.swapped || event.key === this.held;
  }
}
