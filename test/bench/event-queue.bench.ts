import { createClock } from '@sinonjs/fake-timers';
import { Bench } from 'tinybench';
import { Choices, EventQueue } from '../../sim/kernel/index.js';

/** Events run in one iteration of each task: multiply its throughput by this. */
export const EVENTS_PER_ITERATION = 1000;

/** Numbers of pending events at which the queues are measured. */
export const PENDING_COUNTS = [100, 1_000, 10_000, 100_000] as const;

/**
 * Hold model (Jones, "An Empirical Comparison of Priority-Queue and Event-Set Implementations", 1986): with a constant
 * number of events pending, each event that runs schedules itself again after an exponential delay. A callback an event,
 * on both sides; the delays are the same.
 * @param timeMs how long each task is measured, in milliseconds
 */
export function eventQueueBench(timeMs = 1000): Bench {
  const bench = new Bench({ name: 'event queue', time: timeMs, warmupTime: timeMs / 2 });
  for (const pending of PENDING_COUNTS) {
    addHold(bench, `deadair, ${pending} pending`, () => ownHold(pending));
    addHold(bench, `@sinonjs/fake-timers, ${pending} pending`, () => fakeTimersHold(pending));
  }
  return bench;
}

/** Builds the queue when the task begins and lets go of it when it ends. */
function addHold(bench: Bench, name: string, build: () => () => void): void {
  let hold: (() => void) | null = null;
  bench.add(name, () => hold?.(), {
    beforeAll: () => {
      hold = build();
    },
    afterAll: () => {
      hold = null;
    },
  });
}

function ownHold(pending: number): () => void {
  const queue = new EventQueue();
  const nextDelay = delays();
  let now = 0;
  const event = (argument: unknown): void => {
    queue.push(now + nextDelay(), event, argument);
  };
  for (let index = 0; index < pending; index++) queue.push(nextDelay(), event, index);
  return () => {
    for (let index = 0; index < EVENTS_PER_ITERATION; index++) {
      queue.pop();
      now = queue.timeUs;
      queue.callback(queue.argument);
    }
  };
}

function fakeTimersHold(pending: number): () => void {
  const clock = createClock(0, Number.POSITIVE_INFINITY);
  const nextDelay = delays();
  const event = (): void => {
    clock.setTimeout(event, nextDelay());
  };
  for (let index = 0; index < pending; index++) clock.setTimeout(event, nextDelay());
  return () => {
    for (let index = 0; index < EVENTS_PER_ITERATION; index++) clock.next();
  };
}

/** Exponential delays with a mean of a million ticks, drawn beforehand. */
function delays(): () => number {
  const stream = new Choices(1).stream('bench/delay');
  const drawn = Float64Array.from({ length: 0x1_0000 }, () => Math.ceil(stream.exponential(1e6)));
  let next = 0;
  return () => drawn[next++ & 0xffff]!;
}
