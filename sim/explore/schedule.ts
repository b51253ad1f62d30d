import type { PendingEvent, Scheduler } from '../kernel/index.js';
import type { Strategy } from './strategies/strategy.js';

/**
 * One place where a schedule departs from the order of time: when `instead` would have come next for the `nth` time, `pick` came. Events are
 * named by lane and place in it, so that a schedule survives changes elsewhere in the program.
 */
export interface Departure {
  readonly instead: string;
  /** How often `instead` had been passed over before. */
  readonly nth: number;
  readonly pick: string;
}

/**
 * What a schedule is reduced to when it is made smaller: an event waits until another one has run (or until the window is over). One hold says
 * what many departures say, and does not depend on the others.
 */
export interface Hold {
  readonly hold: string;
  readonly until: string;
}

/** One thing in which a schedule differs from the order of time. */
export type Choice = Departure | Hold;

/** The holds that departures amount to: each event that was passed over waits for the last that was picked instead of it. */
export function holdsOf(choices: readonly Choice[]): Hold[] {
  const until = new Map<string, string>();
  for (const choice of choices) {
    const hold = 'hold' in choice ? choice.hold : choice.instead;
    until.delete(hold);
    until.set(hold, 'hold' in choice ? choice.until : choice.pick);
  }
  return [...until].map(([hold, last]) => ({ hold, until: last }));
}

/** In the order of time after so many decisions: a strategy that starves something must not do so for ever. */
export const FAIR_AFTER = 10_000;

/** Lets a strategy decide, and notes where it departs from the tame order. */
export class RecordingScheduler implements Scheduler {
  decisions = 0;
  /** What would have come and what came, alternately. Names are made only when asked for. */
  private readonly log: PendingEvent[] = [];

  constructor(
    private readonly strategy: Strategy,
    private readonly observe: ((event: PendingEvent, nowUs: number) => void) | null = null,
    private readonly onPruned: () => void = () => undefined,
  ) {}

  get departures(): Departure[] {
    const { log } = this;
    const passedOver = new Map<PendingEvent, number>();
    const departures: Departure[] = [];
    for (let i = 0; i < log.length; i += 2) {
      const nth = passedOver.get(log[i]!) ?? 0;
      passedOver.set(log[i]!, nth + 1);
      departures.push({ instead: log[i]!.key, nth, pick: log[i + 1]!.key });
    }
    return departures;
  }

  choose(candidates: readonly PendingEvent[], _nowUs: number, gates: boolean): number {
    const decision = this.decisions++;
    const index = decision < FAIR_AFTER ? this.strategy.choose(candidates, decision, gates) : 0;
    if (index < 0) {
      this.onPruned();
      return 0;
    }
    if (index > 0) this.log.push(candidates[0]!, candidates[index]!);
    return index;
  }

  running(event: PendingEvent, nowUs: number, gates: boolean): void {
    this.strategy.ran?.(event, gates);
    this.observe?.(event, nowUs);
  }
}
