import { type CheckOptions, checkLinearizability } from './check.js';
import type { Model } from './model.js';
import type { Operation } from './operation.js';
import type { Verdict } from './verdict.js';

/** The verdict about one key. */
export interface KeyVerdict<Key, Input, Output> {
  readonly key: Key;
  readonly verdict: Verdict<Input, Output>;
}

/**
 * Checks a history of many independent objects, each by itself: linearizability is local (Herlihy and Wing 1990; Horn and Kroening 2015
 * make use of it), and the cost falls from exponential in everything that is pending to that of one key. Keys come in order of
 * appearance; the budget is that of each.
 */
export function checkByKey<Key, State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  keyOf: (input: Input) => Key,
  options: CheckOptions = {},
): KeyVerdict<Key, Input, Output>[] {
  const parts = new Map<Key, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const key = keyOf(operation.input);
    const part = parts.get(key);
    if (part) part.push(operation);
    else parts.set(key, [operation]);
  }
  return [...parts].map(([key, part]) => ({ key, verdict: checkLinearizability(model, part, options) }));
}
