import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventHandle, EventQueue } from '../../../sim/kernel/index.js';

const nothing = (): void => {};

/** The obvious queue: an array that is sorted by (time, sequence) before each look. */
class SortedArrayQueue {
  private events: { timeUs: number; sequence: number }[] = [];
  private sequence = 0;

  push(timeUs: number): number {
    this.events.push({ timeUs, sequence: this.sequence });
    return this.sequence++;
  }

  pop(): { timeUs: number; sequence: number } | undefined {
    this.events.sort((a, b) => a.timeUs - b.timeUs || a.sequence - b.sequence);
    return this.events.shift();
  }

  cancel(sequence: number): boolean {
    const before = this.events.length;
    this.events = this.events.filter((event) => event.sequence !== sequence);
    return this.events.length < before;
  }

  get pending(): number {
    return this.events.length;
  }
}

type Operation = { do: 'push'; timeUs: number } | { do: 'pop' } | { do: 'cancel'; which: number };

/** Few distinct times, so that most events have equals. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('push' as const), timeUs: fc.nat(12) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'pop' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }) },
);

function comparedWithModel(operations: readonly Operation[]): void {
  const queue = new EventQueue();
  const model = new SortedArrayQueue();
  const handles: EventHandle[] = [];
  const expectSamePop = (): boolean => {
    const expected = model.pop();
    expect(queue.pop()).toBe(expected !== undefined);
    if (expected === undefined) return false;
    expect({ timeUs: queue.timeUs, sequence: queue.argument }).toEqual(expected);
    return true;
  };
  for (const step of operations) {
    if (step.do === 'push') {
      handles.push(queue.push(step.timeUs, nothing, model.push(step.timeUs)));
    } else if (step.do === 'pop') {
      expectSamePop();
    } else if (handles.length > 0) {
      // May name an event that is long gone: the handle must not hit the slot's next user.
      const which = step.which % handles.length;
      expect(queue.cancel(handles[which]!)).toBe(model.cancel(which));
    }
    expect(queue.pending).toBe(model.pending);
  }
  while (expectSamePop());
  expect(queue.nextTimeUs).toBe(Number.POSITIVE_INFINITY);
}

describe('EventQueue', () => {
  it('pops, ties and cancels like a sorted array', () => {
    fc.assert(fc.property(fc.array(operation, { maxLength: 300 }), comparedWithModel), { numRuns: 200, seed: 1 });
  });

  it('stays in order through growth and compaction', () => {
    const many = fc.array(fc.record({ timeUs: fc.nat(50), cancel: fc.boolean() }), { minLength: 400, maxLength: 1500 });
    fc.assert(
      fc.property(many, (events) => {
        const pushes = events.map(({ timeUs }): Operation => ({ do: 'push', timeUs }));
        const cancels = events.flatMap(({ cancel }, which): Operation[] => (cancel ? [{ do: 'cancel', which }] : []));
        comparedWithModel([...pushes, ...cancels, ...pushes]);
      }),
      { numRuns: 10, seed: 2 },
    );
  });

  it('runs equal times in the order of pushing', () => {
    const queue = new EventQueue();
    for (let index = 0; index < 1000; index++) queue.push(7, nothing, index);
    const popped: unknown[] = [];
    while (queue.pop()) popped.push(queue.argument);
    expect(popped).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  it('never gives a handle out twice', () => {
    const queue = new EventQueue();
    const handles = new Set<EventHandle>();
    for (let index = 0; index < 10_000; index++) {
      handles.add(queue.push(index, nothing, index));
      if (index % 3 !== 0) queue.pop();
    }
    expect(handles.size).toBe(10_000);
    expect([...handles].every(Number.isSafeInteger)).toBe(true);
  });

  it('refuses to cancel what it never gave out', () => {
    const queue = new EventQueue();
    queue.push(1, nothing, null);
    for (const handle of [0, -1, 1, Number.NaN, 0.5, Number.MAX_SAFE_INTEGER]) expect(queue.cancel(handle)).toBe(false);
    expect(queue.pending).toBe(1);
  });

  it('releases callback and argument of what was cancelled or has run', () => {
    const queue = new EventQueue();
    queue.cancel(queue.push(1, nothing, { large: true }));
    queue.push(1, nothing, null);
    queue.pop();
    expect(JSON.stringify(queue)).not.toContain('large');
  });

  it('keeps no more than twice the pending events when almost all are cancelled', () => {
    const queue = new EventQueue();
    queue.push(1e9, nothing, 'kept');
    for (let index = 0; index < 100_000; index++) queue.cancel(queue.push(index, nothing, index));
    const { slotsUsed } = queue as unknown as { slotsUsed: number };
    expect(slotsUsed).toBeLessThan(200);
    expect(queue.pending).toBe(1);
  });
});
