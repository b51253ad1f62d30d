import type { Operation } from './operation.js';

/** A call or a return; `op` is an index into the operations. */
export interface Moment {
  readonly isReturn: boolean;
  readonly op: number;
}

/** A history as the checker walks through it. */
export interface Timeline {
  /** Calls and returns in order; at the same time calls come first, so that touching operations count as concurrent. */
  readonly moments: readonly Moment[];
  /** Per operation a small number that no other pending operation has: its bit in the set of those that have taken effect. */
  readonly slots: Int32Array;
  /** Words of 32 bits that hold all slots. */
  readonly slotWords: number;
  /** Per moment the operations that have been called and have not returned. */
  pendingAt(moment: number): readonly number[];
}

/** @throws RangeError when an operation returns before it is called */
export function timelineOf(operations: readonly Operation<unknown, unknown>[]): Timeline {
  const moments: (Moment & { readonly at: number })[] = [];
  operations.forEach(({ callAt, returnAt, client }, op) => {
    if (!(returnAt >= callAt))
      throw new RangeError(`an operation of ${client} returns at ${returnAt}, before its call`);
    moments.push({ isReturn: false, op, at: callAt });
    if (returnAt !== Number.POSITIVE_INFINITY) moments.push({ isReturn: true, op, at: returnAt });
  });
  moments.sort((a, b) => a.at - b.at || Number(a.isReturn) - Number(b.isReturn) || a.op - b.op);
  const slots = new Int32Array(operations.length);
  const free: number[] = [];
  let used = 0;
  for (const { isReturn, op } of moments) {
    if (isReturn) free.push(slots[op]!);
    else slots[op] = free.pop() ?? used++;
  }
  const pending: number[][] = [];
  let now: number[] = [];
  for (const { isReturn, op } of moments) {
    pending.push(now);
    now = isReturn ? now.filter((each) => each !== op) : [...now, op];
  }
  return { moments, slots, slotWords: Math.max(1, (used + 31) >>> 5), pendingAt: (moment) => pending[moment]! };
}
