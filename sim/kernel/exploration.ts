import type { EventCallback, EventHandle } from './event-queue.js';

/** What a command or a message does to the keys of a store. */
export interface Footprint {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/**
 * A line of events that keep their order: one direction of a connection, the timers of a process. Between lanes the schedule decides.
 */
export class EventLane {
  /** Events pushed so far. */
  pushed = 0;
  /** @internal */
  stamp = -1;

  /**
   * @param name stable: made of hosts and ordinals, never of memory or time
   * @param actor who is changed by the events; null: perhaps everybody
   * @param touches keys that an event will read and write, where that is all it does; else null
   */
  constructor(
    readonly name: string,
    readonly actor: string | null,
    readonly touches: ((argument: unknown) => Footprint | null) | null = null,
  ) {}
}

/**
 * Tells the lane of an event from its argument; null: an event of the world itself. Such a one is never chosen, so it overtakes nothing: it
 * runs as soon as it is the earliest. What is chosen before may make it late, like any other.
 */
export type EventDescriber<A> = (argument: A) => EventLane | null;

/** An event that has not run yet, in an explored world. */
export class PendingEvent {
  /** Taken back before it could run. */
  cancelled = false;
  private known: Footprint | null | undefined = undefined;

  constructor(
    readonly sequence: number,
    readonly timeUs: number,
    /** When it was pushed, in microseconds. */
    readonly pushedUs: number,
    /** Sequence of the event that pushed it, -1 for the start of the world. */
    readonly cause: number,
    readonly lane: EventLane | null,
    /** Its place in its lane, from 0. */
    readonly ordinal: number,
    readonly callback: EventCallback,
    readonly argument: unknown,
  ) {}

  /** Stable name: lane and place in it. */
  get key(): string {
    return this.lane === null ? `world#${this.sequence}` : `${this.lane.name}#${this.ordinal}`;
  }

  /** Keys it will touch when that is all it does; else null. */
  get footprint(): Footprint | null {
    if (this.known === undefined) this.known = this.lane?.touches?.(this.argument) ?? null;
    return this.known;
  }
}

/** Decides what happens next in an explored world. */
export interface Scheduler {
  /**
   * @param candidates heads of their lanes that may come next, at least two; the first is the tame one (earliest)
   * @param gates the first candidate is all that keeps an event of the world from running
   * @returns index of the next event
   */
  choose(candidates: readonly PendingEvent[], nowUs: number, gates: boolean): number;
  /**
   * An event is about to run, chosen or without a choice.
   * @param gates after it an event of the world comes, whatever anybody chooses
   */
  running?(event: PendingEvent, nowUs: number, gates: boolean): void;
}

/** How a world is explored. */
export interface Exploration {
  readonly scheduler: Scheduler;
  /** An event may come next if it is due at most this much later than the earliest one. So nothing is ever later than this. Unit: us. */
  readonly windowUs: number;
  /** What is due at this time or later keeps its order: the time to heal. Unit: us. */
  readonly untilUs: number;
}

/**
 * The pending events of an explored world. Few are pending in the small worlds that are explored, so a sorted list is quick.
 * Choosing a later event delays the earlier ones, which is what slow networks and busy processes do.
 */
export class ExploredQueue {
  /** The event that runs now. */
  current: PendingEvent | null = null;
  private readonly pendingEvents: PendingEvent[] = [];
  private readonly describers = new Map<EventCallback, EventDescriber<unknown>>();
  private sequences = 0;
  private stamps = 0;

  constructor(private readonly exploration: Exploration) {}

  get pending(): number {
    return this.pendingEvents.length;
  }

  /** Time of the earliest event, in microseconds; it may lie in the past. `Infinity` when there is none. */
  get nextTimeUs(): number {
    return this.pendingEvents[0]?.timeUs ?? Number.POSITIVE_INFINITY;
  }

  describe<A>(callback: (argument: A) => void, describer: EventDescriber<A>): void {
    this.describers.set(callback as EventCallback, describer as EventDescriber<unknown>);
  }

  push(timeUs: number, nowUs: number, callback: EventCallback, argument: unknown): EventHandle {
    const lane = this.describers.get(callback)?.(argument) ?? null;
    const sequence = ++this.sequences;
    const ordinal = lane === null ? 0 : lane.pushed++;
    const cause = this.current?.sequence ?? -1;
    const event = new PendingEvent(sequence, timeUs, nowUs, cause, lane, ordinal, callback, argument);
    const events = this.pendingEvents;
    // most events are due late in the list: look from its end
    let place = events.length;
    while (place > 0 && events[place - 1]!.timeUs > timeUs) place--;
    events.push(event);
    for (let i = events.length - 1; i > place; i--) events[i] = events[i - 1]!;
    events[place] = event;
    return sequence;
  }

  cancel(handle: EventHandle): boolean {
    const events = this.pendingEvents;
    for (let i = events.length - 1; i >= 0; i--) {
      if (events[i]!.sequence !== handle) continue;
      this.takeAt(i).cancelled = true;
      return true;
    }
    return false;
  }

  /** Takes out the event that comes next. There must be one. */
  take(nowUs: number): PendingEvent {
    const { scheduler } = this.exploration;
    const event = this.pickNext(nowUs);
    this.current = event;
    scheduler.running?.(event, Math.max(nowUs, event.timeUs), this.pendingEvents[0]?.lane === null);
    return event;
  }

  private pickNext(nowUs: number): PendingEvent {
    const { scheduler, windowUs, untilUs } = this.exploration;
    const events = this.pendingEvents;
    const first = events[0]!;
    if (first.lane === null || nowUs >= untilUs) return this.takeAt(0);
    const limitUs = Math.min(first.timeUs + windowUs, untilUs - 1);
    const stamp = ++this.stamps;
    first.lane.stamp = stamp;
    let candidates: PendingEvent[] | null = null;
    for (let i = 1; i < events.length; i++) {
      const event = events[i]!;
      if (event.timeUs > limitUs) break;
      const { lane } = event;
      if (lane === null || lane.stamp === stamp) continue;
      lane.stamp = stamp;
      if (candidates === null) candidates = [first, event];
      else candidates.push(event);
    }
    if (candidates === null) return this.takeAt(0);
    const index = scheduler.choose(candidates, nowUs, events[1]!.lane === null);
    return this.takeAt(index === 0 ? 0 : events.indexOf(candidates[index]!));
  }

  private takeAt(place: number): PendingEvent {
    const events = this.pendingEvents;
    const event = events[place]!;
    for (let i = place + 1; i < events.length; i++) events[i - 1] = events[i]!;
    events.pop();
    return event;
  }
}
