import type { Model } from './model.js';
import type { Operation } from './operation.js';

/** Why an operation has no place, in one sentence. `states`: some of those in which what came before can have left the object. */
export function explain<State, Input, Output>(
  model: Model<State, Input, Output>,
  culprit: Operation<Input, Output>,
  prefix: number,
  states: readonly State[],
): string {
  const { client, input, output, callAt, returnAt } = culprit;
  const what = model.describe(input, output);
  const left = [...new Set(states.map((state) => model.describeState(state)))];
  const others = prefix - 1;
  const before = others === 0 ? 'it is the first' : `no order of the ${others} others so far allows it`;
  return `"${what}" of ${client} (called at ${callAt}, answered at ${returnAt}) cannot be placed: ${before}; left was ${left.join(', or ')}`;
}
