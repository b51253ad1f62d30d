import { DeadairError, ExitCode } from '../errors.js';

/** Names one pushed event for {@link EventQueue.cancel}: a positive integer below 2^53, never given out twice. */
export type EventHandle = number;

/** What runs when the time of an event has come. */
export type EventCallback = (argument: unknown) => void;

/** A handle is `generation * SLOT_LIMIT + slot`: 2^24 events may be pending at once, and 24 + 29 bits make a safe integer. */
const SLOT_LIMIT = 0x100_0000;
const SLOT_MASK = SLOT_LIMIT - 1;
/** A slot that was used this often is retired, so that no old handle can ever name a new event. */
const GENERATION_LIMIT = 0x2000_0000;

const INITIAL_CAPACITY = 64;
const COMPACT_AT_LEAST = 64;

const NO_REALS = new Float64Array(0);
const NO_INTEGERS = new Int32Array(0);
const NO_COUNTS = new Uint32Array(0);

/**
 * The pending events of a world in a total order by construction: by time, then by the order in which they were
 * pushed.
 *
 * A 4-ary heap in typed arrays (half the depth of a binary heap, and the four children lie side by side: LaMarca and
 * Ladner, "The Influence of Caches on the Performance of Heaps", 1996). The heap itself holds only time and slot,
 * twelve bytes an entry, so that sifting stays in cache; the sequence is read on ties only, callback and argument only
 * on the way out.
 *
 * Cancelling marks the event and leaves it in the heap; when more than half of the heap is marked, it is compacted.
 * Sequence numbers are doubles, so they keep their order far beyond 2^32 events.
 */
export class EventQueue {
  /** Time of the event popped last, in microseconds. */
  timeUs = 0;
  /** Callback of the event popped last. */
  callback: EventCallback = nothing;
  /** Argument of the event popped last. */
  argument: unknown = undefined;

  /** Heap order: node `i` has the children `4i + 1` to `4i + 4`. */
  private times = NO_REALS;
  private slots = NO_INTEGERS;
  private size = 0;

  /** By slot. A cancelled event has no callback. */
  private sequences = NO_REALS;
  /** Uses so far; the first handle of a slot carries 1. */
  private generations = NO_COUNTS;
  private readonly callbacks: (EventCallback | undefined)[] = [];
  private readonly arguments: unknown[] = [];

  private freeSlots = NO_INTEGERS;
  private freeCount = 0;
  private slotsUsed = 0;
  private nextSequence = 0;
  private cancelledCount = 0;

  /** Number of events that will still run. */
  get pending(): number {
    return this.size - this.cancelledCount;
  }

  /** Time of the earliest pending event in microseconds; `Infinity` when there is none. */
  get nextTimeUs(): number {
    if (this.cancelledCount > 0) this.dropCancelledHeads();
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.times[0]!;
  }

  /**
   * Adds an event behind all that have the same time.
   * @param timeUs finite; the caller asserts that it does not lie in the past
   * @throws DeadairError `kernel.queue-full` when 2^24 events are pending
   */
  push(timeUs: number, callback: EventCallback, argument: unknown): EventHandle {
    let slot: number;
    if (this.freeCount > 0) {
      slot = this.freeSlots[--this.freeCount]!;
    } else {
      if (this.slotsUsed === this.sequences.length) this.grow();
      slot = this.slotsUsed++;
      this.generations[slot] = 1;
    }
    this.sequences[slot] = this.nextSequence++;
    this.callbacks[slot] = callback;
    this.arguments[slot] = argument;

    // The new event has the highest sequence, so on equal times it stays below: no need to look at sequences here.
    const times = this.times;
    const slots = this.slots;
    let node = this.size++;
    while (node > 0) {
      const parent = (node - 1) >> 2;
      const parentTime = times[parent]!;
      if (parentTime <= timeUs) break;
      times[node] = parentTime;
      slots[node] = slots[parent]!;
      node = parent;
    }
    times[node] = timeUs;
    slots[node] = slot;
    return this.generations[slot]! * SLOT_LIMIT + slot;
  }

  /** Takes the earliest event out into {@link timeUs}, {@link callback} and {@link argument}. False when none is pending. */
  pop(): boolean {
    if (this.cancelledCount > 0) this.dropCancelledHeads();
    if (this.size === 0) return false;
    const slot = this.slots[0]!;
    this.timeUs = this.times[0]!;
    this.callback = this.callbacks[slot]!;
    this.argument = this.arguments[slot];
    this.generations[slot]!++;
    this.release(slot);
    this.removeHead();
    return true;
  }

  /** Takes back an event. False when it has already run or was cancelled before. */
  cancel(handle: EventHandle): boolean {
    const slot = handle & SLOT_MASK;
    if (slot >= this.slotsUsed || this.generations[slot]! * SLOT_LIMIT + slot !== handle) return false;
    this.generations[slot]!++;
    this.callbacks[slot] = undefined;
    this.arguments[slot] = undefined;
    this.cancelledCount++;
    if (this.cancelledCount > COMPACT_AT_LEAST && this.cancelledCount * 2 > this.size) this.compact();
    return true;
  }

  private release(slot: number): void {
    this.callbacks[slot] = undefined;
    this.arguments[slot] = undefined;
    if (this.generations[slot]! < GENERATION_LIMIT) this.freeSlots[this.freeCount++] = slot;
  }

  private dropCancelledHeads(): void {
    while (this.size > 0 && this.callbacks[this.slots[0]!] === undefined) {
      this.release(this.slots[0]!);
      this.removeHead();
      this.cancelledCount--;
    }
  }

  private removeHead(): void {
    const last = --this.size;
    if (last > 0) this.siftDown(0, this.times[last]!, this.slots[last]!);
  }

  /** Puts the event (`time`, `slot`) at `node` or below, moving earlier ones up. */
  private siftDown(node: number, time: number, slot: number): void {
    const { times, slots, sequences, size } = this;
    for (;;) {
      const first = node * 4 + 1;
      if (first >= size) break;
      let best = first;
      let bestTime = times[first]!;
      if (first + 3 < size) {
        // Four children, unrolled: a third faster than the loop at 10 000 pending.
        const time1 = times[first + 1]!;
        const time2 = times[first + 2]!;
        const time3 = times[first + 3]!;
        if (time1 < bestTime || (time1 === bestTime && sequences[slots[first + 1]!]! < sequences[slots[best]!]!)) {
          best = first + 1;
          bestTime = time1;
        }
        if (time2 < bestTime || (time2 === bestTime && sequences[slots[first + 2]!]! < sequences[slots[best]!]!)) {
          best = first + 2;
          bestTime = time2;
        }
        if (time3 < bestTime || (time3 === bestTime && sequences[slots[first + 3]!]! < sequences[slots[best]!]!)) {
          best = first + 3;
          bestTime = time3;
        }
      } else {
        for (let child = first + 1; child < size; child++) {
          const childTime = times[child]!;
          if (
            childTime < bestTime ||
            (childTime === bestTime && sequences[slots[child]!]! < sequences[slots[best]!]!)
          ) {
            best = child;
            bestTime = childTime;
          }
        }
      }
      if (bestTime > time || (bestTime === time && sequences[slots[best]!]! > sequences[slot]!)) break;
      times[node] = bestTime;
      slots[node] = slots[best]!;
      node = best;
    }
    times[node] = time;
    slots[node] = slot;
  }

  /** Throws the cancelled events out of the heap and orders it anew. */
  private compact(): void {
    const { times, slots, callbacks } = this;
    let kept = 0;
    for (let node = 0; node < this.size; node++) {
      const slot = slots[node]!;
      if (callbacks[slot] === undefined) {
        this.release(slot);
      } else {
        times[kept] = times[node]!;
        slots[kept++] = slot;
      }
    }
    this.size = kept;
    this.cancelledCount = 0;
    for (let node = (kept - 2) >> 2; node >= 0; node--) this.siftDown(node, times[node]!, slots[node]!);
  }

  private grow(): void {
    const capacity = Math.max(INITIAL_CAPACITY, this.sequences.length * 2);
    if (capacity > SLOT_LIMIT) {
      throw new DeadairError(
        'kernel.queue-full',
        `more than ${SLOT_LIMIT} events are pending: simulate fewer clients, or look for a host that schedules without end`,
        ExitCode.internal,
      );
    }
    this.allocate(capacity);
  }

  /** Moves to larger arrays. They share one buffer, because five cost a small world more than all of its events in the queue. */
  private allocate(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * 28);
    const { times, slots, sequences, generations, freeSlots } = this;
    this.times = new Float64Array(buffer, 0, capacity);
    this.sequences = new Float64Array(buffer, capacity * 8, capacity);
    this.slots = new Int32Array(buffer, capacity * 16, capacity);
    this.generations = new Uint32Array(buffer, capacity * 20, capacity);
    this.freeSlots = new Int32Array(buffer, capacity * 24, capacity);
    this.times.set(times);
    this.sequences.set(sequences);
    this.slots.set(slots);
    this.generations.set(generations);
    this.freeSlots.set(freeSlots);
  }
}

function nothing(): void {}
