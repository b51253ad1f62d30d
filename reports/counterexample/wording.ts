import { formatNumber } from '../format.js';
import type { Counterexample, CounterexampleEvent } from './counterexample-schema.js';

/** Seconds with four decimals, as in the other diagrams. */
export function eventTime(us: number): string {
  return (us / 1_000_000).toFixed(4);
}

/** `12.5 ms late`, or an empty text. */
export function lateness(event: CounterexampleEvent): string {
  return event.lateUs === undefined || event.lateUs === 0 ? '' : `${formatDuration(event.lateUs)} late`;
}

/** A duration given in µs, in µs, ms or s, with three digits that count. */
export function formatDuration(us: number): string {
  const short = (value: number, unit: string) => `${formatNumber(Number(value.toPrecision(3)))}\u00a0${unit}`;
  if (us < 1000) return short(us, 'µs');
  return us < 1_000_000 ? short(us / 1000, 'ms') : short(us / 1_000_000, 's');
}

/** 1 or 2 for the two events whose order decides, otherwise 0. */
export function criticalPlace(counterexample: Counterexample, event: CounterexampleEvent): 0 | 1 | 2 {
  if (event.n === counterexample.critical?.first) return 1;
  return event.n === counterexample.critical?.second ? 2 : 0;
}

/** What exchanging the critical pair does; without a pair, that there is none. */
export function swapSentence({ critical }: Counterexample): string {
  if (critical === null) return 'No single pair of events decides.';
  return critical.swapPasses ? 'Swap these two and it passes.' : 'Swapping these two alone does not make it pass.';
}

/** `2 actors, 3 actions, 1 fault, 2 choices are left after 214 replays.` */
export function minimisedSentence({ minimised }: Counterexample): string {
  const { actors, actions, faults, choices, replays } = minimised;
  const count = (number: number, noun: string) => `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;
  const left = [count(actors, 'actor'), count(actions, 'action'), count(faults, 'fault'), count(choices, 'choice')];
  return `${left.join(', ')} left after ${count(replays, 'replay')}.`;
}

/** Thin and no-break spaces become plain ones, line ends too: for text that goes where only ASCII spaces are at home. */
export function plainSpaces(text: string): string {
  return text.replace(/[\s\u202f\u00a0]+/g, ' ').trim();
}
