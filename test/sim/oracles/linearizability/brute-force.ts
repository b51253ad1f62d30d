import type { Model, Operation } from '../../../../sim/oracles/linearizability/index.js';

/** Tries every order and every choice of which unanswered operations have happened. Only for histories of a few operations. */
export function bruteForce<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): boolean {
  const answered = operations.filter(({ returnAt }) => returnAt !== Number.POSITIVE_INFINITY).length;
  const place = (state: State, left: readonly Operation<Input, Output>[], answeredLeft: number): boolean => {
    if (answeredLeft === 0) return true;
    return left.some((next) => {
      if (left.some((other) => other.returnAt < next.callAt)) return false;
      const { ok, state: after } = model.step(state, next.input, next.output);
      const rest = left.filter((other) => other !== next);
      return ok && place(after, rest, answeredLeft - (next.returnAt === Number.POSITIVE_INFINITY ? 0 : 1));
    });
  };
  return place(model.init, operations, answered);
}
