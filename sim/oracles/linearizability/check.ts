/**
 * Is a history linearizable: is there an order of its operations, true to real time, in which a sequential object would have
 * answered just so?
 *
 * - J. M. Wing, C. Gong: Testing and Verifying Concurrent Objects. J. Parallel Distrib. Comput. 17, 1993: try the pending operations one after the other, go back when stuck.
 * - G. Lowe: Testing for linearizability. Concurrency Computat.: Pract. Exper. 29(4), 2017: remember configurations already seen
 *   (state, and which pending operations have taken effect), and linearise *just in time*, only when a return asks for it.
 * - A. Horn, D. Kroening: Faster linearizability checking via P-compositionality. FORTE 2015: keys apart, see `check-by-key.ts`.
 *
 * A return frees its operation's bit, so at a moment when nothing is pending a configuration is the state alone: the history falls into
 * independent parts by itself. The search is depth first, so a witness is found fast.
 */
import { explain } from './explain.js';
import type { Model } from './model.js';
import type { Operation } from './operation.js';
import { type Found, search } from './search.js';
import { type Timeline, timelineOf } from './timeline.js';
import type { Verdict } from './verdict.js';

export interface CheckOptions {
  /** Steps of the model after which the answer is `unknown`; never wall time, so that the answer is always the same. Default a million. */
  readonly budget?: number;
}

type Failure<State, Input, Output> = Extract<Found<State, Input, Output>, { answer: 'not-linearizable' }>;

/** Checks a history of one object. @throws RangeError when an operation returns before it is called */
export function checkLinearizability<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  { budget = 1_000_000 }: CheckOptions = {},
): Verdict<Input, Output> {
  const timeline = timelineOf(operations);
  const found = search(model, operations, timeline, budget);
  return found.answer === 'not-linearizable' ? blame(model, operations, timeline, found, budget) : found;
}

/**
 * Finds the shortest prefix without an explanation. It ends no sooner than at the return that the search could not pass, but perhaps later:
 * the search knew answers that were given only afterwards. A longer prefix is no easier to explain, so it is found by halving.
 */
function blame<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  timeline: Timeline,
  whole: Failure<State, Input, Output>,
  budget: number,
): Verdict<Input, Output> {
  const { moments } = timeline;
  const returns = moments.flatMap(({ isReturn }, moment) => (isReturn && moment >= whole.furthest ? [moment] : []));
  let { steps, stuck } = whole;
  let low = 0;
  let high = returns.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const prefix = prefixOf(operations, timeline, returns[middle]!);
    const found = search(model, prefix, timelineOf(prefix), budget);
    steps += found.steps;
    if (found.answer === 'not-linearizable') {
      high = middle;
      stuck = found.stuck;
    } else low = middle + 1;
  }
  const end = returns[high]!;
  const culprit = operations[moments[end]!.op]!;
  const prefix = prefixOf(operations, timeline, end).length;
  return {
    answer: 'not-linearizable',
    steps,
    culprit,
    prefix,
    explanation: explain(model, culprit, prefix, stuck),
  };
}

/** The history as it looked right after a moment: what came later has not been called, what was answered later is still open. */
function prefixOf<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  { moments }: Timeline,
  last: number,
): Operation<Input, Output>[] {
  const called = new Set<number>();
  const answered = new Set<number>();
  for (const { isReturn, op } of moments.slice(0, last + 1)) (isReturn ? answered : called).add(op);
  return [...called].map((op) =>
    answered.has(op) ? operations[op]! : { ...operations[op]!, output: undefined, returnAt: Number.POSITIVE_INFINITY },
  );
}
