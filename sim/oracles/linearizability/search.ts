import type { Model } from './model.js';
import type { Operation } from './operation.js';
import type { Timeline } from './timeline.js';

/** What a search has found. */
export type Found<State, Input, Output> =
  | { readonly answer: 'linearizable'; readonly steps: number; readonly order: readonly Operation<Input, Output>[] }
  /** `furthest`: the last moment that was reached, a return that nothing passed; `stuck`: some states in which it was reached. */
  | {
      readonly answer: 'not-linearizable';
      readonly steps: number;
      readonly furthest: number;
      readonly stuck: readonly State[];
    }
  | { readonly answer: 'unknown'; readonly steps: number };

/** A configuration on the way to `moment`, with the way there. */
interface Node<State> {
  readonly moment: number;
  readonly state: State;
  readonly done: Int32Array;
  /** The operation that was linearised last, -1 at the root. */
  readonly op: number;
  readonly parent: Node<State> | null;
}

/** Configurations without a next step that are kept to explain a failure. */
const STUCK_KEPT = 8;

/** Looks for an order of the operations in which the model answers as it was answered, depth first. `timeline` is theirs. */
export function search<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  timeline: Timeline,
  budget: number,
): Found<State, Input, Output> {
  const { moments, slots, slotWords, pendingAt } = timeline;
  const twins = twinsOf(model, operations);
  const seen: (Set<string> | undefined)[] = new Array(moments.length);
  const stack: Node<State>[] = [
    { moment: 0, state: model.init, done: new Int32Array(slotWords), op: -1, parent: null },
  ];
  let steps = 0;
  let furthest = -1;
  let stuck: State[] = [];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const done = node.done.slice();
    const moment = skipToChoice(timeline, node.moment, done);
    if (moment === moments.length) return { answer: 'linearizable', steps, order: orderOf(node, operations) };
    seen[moment] ??= new Set();
    const configuration = `${done.join(',')} ${model.key(node.state)}`;
    if (seen[moment].has(configuration)) continue;
    seen[moment].add(configuration);
    if (moment > furthest) {
      furthest = moment;
      stuck = [];
    }
    if (moment === furthest && stuck.length < STUCK_KEPT) stuck.push(node.state);
    const pending = pendingAt(moment);
    const wanted = moments[moment]!.op;
    // the one that is about to return is pushed last, so it is tried first
    for (let i = pending.length; i >= 0; i--) {
      const op = i === 0 ? wanted : pending[pending.length - i]!;
      if (i > 0 && op === wanted) continue;
      if (isDone(done, slots[op]!) || waitsForTwin(twins, op, pending, done, slots)) continue;
      if (++steps > budget) return { answer: 'unknown', steps: budget };
      const { input, output, returnAt } = operations[op]!;
      const { ok, state } = model.step(node.state, input, output);
      if (!ok) continue;
      // what may never have happened, and changes nothing, need not have happened
      if (returnAt === Number.POSITIVE_INFINITY && model.key(state) === model.key(node.state)) continue;
      const after = done.slice();
      after[slots[op]! >>> 5]! |= 1 << (slots[op]! & 31);
      stack.push({ moment, state, done: after, op, parent: node });
    }
  }
  return { answer: 'not-linearizable', steps, furthest, stuck };
}

/** Walks on over calls, and over returns of what has taken effect; stops at a return that has not, or at the end. Alters `done`. */
function skipToChoice({ moments, slots }: Timeline, from: number, done: Int32Array): number {
  let moment = from;
  for (; moment < moments.length; moment++) {
    const { isReturn, op } = moments[moment]!;
    if (!isReturn) continue;
    const slot = slots[op]!;
    if (!isDone(done, slot)) break;
    done[slot >>> 5]! &= ~(1 << (slot & 31));
  }
  return moment;
}

const isDone = (done: Int32Array, slot: number): boolean => ((done[slot >>> 5]! >>> (slot & 31)) & 1) === 1;

/** For each operation without an answer the one before it that does the same, or -1: which of the two took effect makes no difference. */
function twinsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): Int32Array {
  const twins = new Int32Array(operations.length).fill(-1);
  const last = new Map<string, number>();
  const order = operations.map((_, op) => op).sort((a, b) => operations[a]!.callAt - operations[b]!.callAt || a - b);
  for (const op of order) {
    const { input, output, returnAt } = operations[op]!;
    if (returnAt !== Number.POSITIVE_INFINITY) continue;
    const name = model.describe(input, output);
    twins[op] = last.get(name) ?? -1;
    last.set(name, op);
  }
  return twins;
}

/** The twin called earlier goes first. */
function waitsForTwin(
  twins: Int32Array,
  op: number,
  pending: readonly number[],
  done: Int32Array,
  slots: Int32Array,
): boolean {
  const twin = twins[op]!;
  return twin >= 0 && pending.includes(twin) && !isDone(done, slots[twin]!);
}

function orderOf<State, Input, Output>(
  last: Node<State>,
  operations: readonly Operation<Input, Output>[],
): Operation<Input, Output>[] {
  const order: Operation<Input, Output>[] = [];
  for (let node: Node<State> | null = last; node !== null && node.op >= 0; node = node.parent)
    order.push(operations[node.op]!);
  return order.reverse();
}
