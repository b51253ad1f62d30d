import { DeadairError, ExitCode } from '../errors.js';
import type { ChoiceSource } from './choice-source.js';
import { Choices } from './choices.js';
import { type EventCallback, type EventHandle, EventQueue } from './event-queue.js';
import { type EventDescriber, type Exploration, ExploredQueue } from './exploration.js';
import { LeakGuard } from './leak-guard.js';
import { realWorld } from './real-world.js';
import { strayErrors } from './stray-errors.js';
import { Trace } from './trace.js';
import type { TraceSink } from './trace-sink.js';
import './young-worlds.js';

/** Virtual wall clock at virtual time 0, in milliseconds since the Unix epoch: 2023-11-14T22:13:20Z. */
export const EPOCH_MS = 1_700_000_000_000;

/**
 * Events after which the real event loop gets a turn, so that signals and progress work. No option: where an event
 * forgets to {@link Simulation.wake}, its microtasks run at the end of a batch, and that must be the same in each run.
 */
const EVENTS_PER_BATCH = 10_000;
const PROGRESS_EVERY_EVENTS = 50_000;
/** Drains of microtasks after which the real event loop gets a turn. */
const TURNS_PER_BATCH = 64;

export interface SimulationOptions {
  /** Any safe integer. Same program, same options, same seed: same history. */
  readonly seed: number;
  /** Decides instead of the seed: recorder, replay, strategy. */
  readonly choices?: ChoiceSource;
  /** Gets every trace record. */
  readonly traceSink?: TraceSink;
  /** The order of events is explored instead of given by time alone. */
  readonly explore?: Exploration;
}

export interface RunOptions {
  /** Events up to and including this virtual time run, in microseconds. */
  readonly untilUs: number;
  /** Called between batches of events, outside of the guarded world. */
  readonly onProgress?: (progress: RunProgress) => void;
  /** At least this many events lie between two calls of `onProgress`, and up to 10 000 more. Default 50 000. */
  readonly progressEveryEvents?: number;
}

export interface RunProgress {
  /** Virtual time reached, in seconds. */
  readonly simulatedS: number;
  /** Virtual time at which the run will end, in seconds. */
  readonly totalS: number;
  /** Events run so far. */
  readonly events: number;
  /** Since the last progress, in real time. */
  readonly eventsPerSecond: number;
  /** Real time since the run began, in seconds. */
  readonly wallS: number;
}

export interface RunSummary {
  /** Why it ended: the time was up, no event was left, or {@link Simulation.stop} was called. */
  readonly endedBy: 'time' | 'no-events' | 'stop';
  /** What was given to {@link Simulation.stop}. */
  readonly reason?: string;
  /** Virtual time at the end in microseconds: `untilUs` when the time was up, else that of the last event. */
  readonly nowUs: number;
  /** Events of this run. */
  readonly events: number;
  /** Real duration of this run, in seconds. */
  readonly wallS: number;
}

interface Run extends RunOptions {
  readonly resolve: (summary: RunSummary) => void;
  readonly reject: (error: unknown) => void;
  readonly startedMs: number;
  readonly eventsBefore: number;
  progressMs: number;
  progressEvents: number;
}

/**
 * A world's time: runs callbacks in the order of (virtual time, order of scheduling).
 *
 * Events run back to back. An event that settles a promise calls {@link wake}; then all microtasks are drained, by
 * leaving to the event loop for one `setImmediate` turn, before the next event. Turns are scheduled in batches, because
 * immediates of one batch run with nothing but their microtasks in between: so the leak guard can stay armed over a
 * batch and never meets timers or I/O of the surrounding process.
 */
export class Simulation {
  /** Virtual time in integer microseconds from 0. */
  nowUs = 0;
  /** Events run so far. */
  eventsRun = 0;
  readonly seed: number;
  readonly choices: Choices;
  readonly trace: Trace;
  readonly guard: LeakGuard;

  private readonly queue = new EventQueue();
  private readonly explored: ExploredQueue | null;
  private woken = false;
  private readonly settled: (() => void)[] = [];
  private stopped = false;
  private stopReason: string | undefined;
  private eventsBudget = 0;
  private current: Run | null = null;

  constructor(options: SimulationOptions) {
    this.seed = options.seed;
    this.choices = new Choices(options.seed, options.choices);
    this.explored = options.explore === undefined ? null : new ExploredQueue(options.explore);
    this.trace = new Trace(this, options.traceSink);
    this.guard = new LeakGuard({
      virtualTimeMs: () => EPOCH_MS + Math.floor(this.nowUs / 1000),
      virtualRandom: () => this.choices.stream('kernel/math-random').uniform(),
    });
  }

  /** Number of events that are scheduled and not cancelled. */
  get pending(): number {
    return this.explored === null ? this.queue.pending : this.explored.pending;
  }

  /**
   * Schedules a callback. Events of the same time run in the order of scheduling.
   * @param timeUs virtual time, rounded to an integer
   * @throws DeadairError `kernel.past` when it lies before now or is no number
   */
  at(timeUs: number, callback: () => void): EventHandle;
  at<A>(timeUs: number, callback: (argument: A) => void, argument: A): EventHandle;
  at(timeUs: number, callback: EventCallback, argument?: unknown): EventHandle {
    const rounded = Math.round(timeUs);
    if (!(rounded >= this.nowUs && rounded <= Number.MAX_SAFE_INTEGER)) this.refuseTime(timeUs);
    return this.push(rounded, callback, argument);
  }

  /**
   * Schedules a callback after a delay; see {@link at}.
   * @param delayUs rounded to an integer; not negative
   */
  after(delayUs: number, callback: () => void): EventHandle;
  after<A>(delayUs: number, callback: (argument: A) => void, argument: A): EventHandle;
  after(delayUs: number, callback: EventCallback, argument?: unknown): EventHandle {
    const rounded = this.nowUs + Math.round(delayUs);
    if (!(rounded >= this.nowUs && rounded <= Number.MAX_SAFE_INTEGER)) this.refuseTime(this.nowUs + delayUs);
    return this.push(rounded, callback, argument);
  }

  /** Takes back a scheduled event. False when it has already run or was cancelled before. */
  cancel(handle: EventHandle): boolean {
    return this.explored === null ? this.queue.cancel(handle) : this.explored.cancel(handle);
  }

  /** True when the order of events is explored. */
  get isExplored(): boolean {
    return this.explored !== null;
  }

  /** For explored worlds: says to which lane the events with this callback belong. Costs nothing in others. */
  describe<A>(callback: (argument: A) => void, describer: EventDescriber<A>): void {
    this.explored?.describe(callback, describer);
  }

  /** "This event settled a promise": everything that waits for it will have run before the next event. */
  wake(): void {
    this.woken = true;
  }

  /** Calls back once everything that this event has woken has run, before the next event and at the same time. */
  onceSettled(callback: () => void): void {
    this.settled.push(callback);
    this.woken = true;
  }

  /** Ends the run after this event and the microtasks that it woke. */
  stop(reason?: string): void {
    this.stopped = true;
    this.stopReason = reason;
  }

  /**
   * Runs the world until the given time, until no event is left, or until {@link stop}. May be called again to go on.
   * Rejects with the first error that an event throws, that nobody caught in what an event woke, or that reports a leak,
   * even where it was swallowed. After that the world is broken and only good for looking at.
   */
  run(options: RunOptions): Promise<RunSummary> {
    return new Promise((resolve, reject) => {
      if (this.current !== null) {
        throw new DeadairError(
          'kernel.running',
          'the world is already running: await the first run',
          ExitCode.internal,
        );
      }
      if (!(options.untilUs >= this.nowUs)) this.refuseTime(options.untilUs);
      this.stopped = false;
      this.stopReason = undefined;
      this.current = {
        ...options,
        resolve,
        reject,
        startedMs: realWorld.nowMs(),
        eventsBefore: this.eventsRun,
        progressMs: realWorld.nowMs(),
        progressEvents: this.eventsRun,
      };
      strayErrors.capture();
      this.scheduleBatch(this.current);
    });
  }

  private scheduleBatch(run: Run): void {
    this.eventsBudget = EVENTS_PER_BATCH;
    for (let turn = 0; turn < TURNS_PER_BATCH; turn++) realWorld.setImmediate(this.turn, run);
    realWorld.setImmediate(this.endBatch, run);
  }

  /** One turn of a batch: events until one wakes promises. What it woke runs when this returns. */
  private readonly turn = (run: Run): void => {
    // The rest of a batch whose run has ended. (Clearing it instead would trip Node 20 after an uncaught exception.)
    if (run !== this.current) return;
    this.guard.install();
    strayErrors.deliverTo(this.fail);
    try {
      this.runEvents(run);
    } catch (error) {
      this.fail(error);
    }
  };

  private push(timeUs: number, callback: EventCallback, argument: unknown): EventHandle {
    return this.explored === null
      ? this.queue.push(timeUs, callback, argument)
      : this.explored.push(timeUs, this.nowUs, callback, argument);
  }

  private runExplored(run: Run, explored: ExploredQueue): void {
    while (this.eventsBudget > 0 && !this.woken) {
      if (this.guard.leak !== null) throw this.guard.leak;
      const timeUs = explored.nextTimeUs;
      if (this.stopped || timeUs > run.untilUs || timeUs === Number.POSITIVE_INFINITY) {
        this.finish(run, timeUs);
        break;
      }
      const event = explored.take(this.nowUs);
      if (event.timeUs > this.nowUs) this.nowUs = event.timeUs;
      this.eventsRun++;
      this.eventsBudget--;
      event.callback(event.argument);
    }
  }

  private runSettled(): void {
    for (const callback of this.settled.splice(0)) callback();
  }

  private runEvents(run: Run): void {
    this.woken = false;
    if (this.settled.length > 0) this.runSettled();
    if (this.explored !== null) {
      this.runExplored(run, this.explored);
      return;
    }
    const { queue } = this;
    const { untilUs } = run;
    while (this.eventsBudget > 0 && !this.woken) {
      if (this.guard.leak !== null) throw this.guard.leak;
      const timeUs = queue.nextTimeUs;
      if (this.stopped || timeUs > untilUs || timeUs === Number.POSITIVE_INFINITY) {
        this.finish(run, timeUs);
        break;
      }
      queue.pop();
      this.nowUs = timeUs;
      this.eventsRun++;
      this.eventsBudget--;
      const { callback } = queue;
      callback(queue.argument);
    }
  }

  private readonly endBatch = (run: Run): void => {
    if (run !== this.current) return;
    this.leave();
    try {
      this.reportProgress(run);
      this.scheduleBatch(run);
    } catch (error) {
      this.fail(error);
    }
  };

  private reportProgress(run: Run): void {
    const every = run.progressEveryEvents ?? PROGRESS_EVERY_EVENTS;
    const events = this.eventsRun - run.progressEvents;
    if (run.onProgress === undefined || events < every) return;
    const nowMs = realWorld.nowMs();
    run.onProgress({
      simulatedS: this.nowUs / 1e6,
      totalS: run.untilUs / 1e6,
      events: this.eventsRun,
      eventsPerSecond: (events * 1000) / Math.max(nowMs - run.progressMs, 0.001),
      wallS: (nowMs - run.startedMs) / 1000,
    });
    run.progressMs = nowMs;
    run.progressEvents = this.eventsRun;
  }

  private finish(run: Run, nextTimeUs: number): void {
    this.end();
    const endedBy = this.stopped ? 'stop' : nextTimeUs === Number.POSITIVE_INFINITY ? 'no-events' : 'time';
    if (endedBy === 'time') this.nowUs = Math.max(this.nowUs, run.untilUs);
    run.resolve({
      endedBy,
      ...(this.stopReason !== undefined ? { reason: this.stopReason } : {}),
      nowUs: this.nowUs,
      events: this.eventsRun - run.eventsBefore,
      wallS: (realWorld.nowMs() - run.startedMs) / 1000,
    });
  }

  private readonly fail = (error: unknown): void => {
    if (this.current !== null) this.end().reject(error);
  };

  private end(): Run {
    const run = this.current!;
    this.leave();
    this.current = null;
    strayErrors.release();
    return run;
  }

  private leave(): void {
    this.guard.uninstall();
    strayErrors.deliverTo(null);
  }

  private refuseTime(timeUs: number): never {
    throw new DeadairError(
      'kernel.past',
      `time ${timeUs} us was asked for at ${this.nowUs} us: give a number that is not in the past`,
      ExitCode.internal,
    );
  }
}
