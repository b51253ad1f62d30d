import { type EventHandle, EventLane, type Simulation } from '../kernel/index.js';
import { HostClock, type HostClockOptions } from './host-clock.js';
import { HostTimer } from './host-timer.js';

/** What runs on a host. */
export type HostKind =
  | 'client'
  | 'backend'
  | 'redis'
  | 'sentinel'
  | 'sfu'
  | 'balancer'
  | 'turn'
  | 'operator'
  | 'monitoring';

/** `up`: runs; `paused`: the process is stopped (SIGSTOP, a long garbage collection, a sleeping laptop); `down`: there is none. */
export type HostState = 'up' | 'down' | 'paused';

/** Called with the host whose state has changed. */
export type HostListener = (host: Host) => void;

/** How to make a {@link Host}. */
export interface HostOptions {
  /** Unique name, e.g. `client-17`. Random streams and traces carry it. */
  readonly id: string;
  readonly kind: HostKind;
  /** Default: an exact clock. */
  readonly clock?: HostClockOptions;
  /** Runs at every start, with the new incarnation in place: builds what the process is made of and listens. */
  readonly boot?: HostListener;
}

interface Waiting {
  readonly callback: (arg: unknown) => void;
  readonly arg: unknown;
}

interface Listeners {
  up?: HostListener[];
  down?: HostListener[];
  pause?: HostListener[];
  resume?: HostListener[];
}

/**
 * One machine with one process. It is made `down`; `start()` boots it. What a process owns (timers, what waits for it) dies with
 * its incarnation. While paused, timers that fall due and arrivals wait; at resume each runs as an event of its own, in the order
 * in which they became due.
 */
export class Host {
  readonly id: string;
  readonly kind: HostKind;
  /** Number of its name in the trace. */
  readonly traceNumber: number;
  readonly clock: HostClock;
  private currentState: HostState = 'down';
  private incarnations = 0;
  private waiting: Waiting[] | null = null;
  private waitingHead = 0;
  private drainHandle: EventHandle | null = null;
  private resumeHandle: EventHandle | null = null;
  private pausedUntilUs = 0;
  private listeners: Listeners | null = null;
  private readonly boot: HostListener | undefined;
  /** In explored worlds: timers; what waited for a resume; starts and resumes. */
  private lanes: { readonly timers: EventLane; readonly waiting: EventLane; readonly state: EventLane } | null = null;

  constructor(
    readonly sim: Simulation,
    options: HostOptions,
  ) {
    this.id = options.id;
    this.kind = options.kind;
    this.traceNumber = sim.trace.nameNumber(options.id);
    this.clock = options.clock === undefined ? new HostClock() : new HostClock(options.clock);
    this.boot = options.boot;
    if (sim.isExplored) this.describeEvents();
  }

  get state(): HostState {
    return this.currentState;
  }

  /** 0 before the first start, then 1, 2, ... with every start. */
  get incarnation(): number {
    return this.incarnations;
  }

  /** True when something that arrives now runs now: up, and nothing from a pause still waits. */
  get ready(): boolean {
    return this.currentState === 'up' && this.waiting === null;
  }

  /** True while the process that was running as `incarnation` exists (it may be paused). Async code asks this after an await. */
  isAlive(incarnation: number): boolean {
    return this.currentState !== 'down' && this.incarnations === incarnation;
  }

  /** This host's wall clock, in whole milliseconds since the Unix epoch. */
  nowMs(): number {
    return this.clock.readMs(this.sim.nowUs);
  }

  /** Steps the wall clock; timers are not affected. */
  jumpClock(deltaMs: number): void {
    this.clock.jump(deltaMs);
    this.sim.trace.record(this.id, 'host.clock-jump', deltaMs);
  }

  /** Changes the clock's drift from now on; timers set from now on follow it. */
  setClockDrift(driftPpm: number): void {
    this.clock.setDrift(driftPpm, this.sim.nowUs);
    this.sim.trace.record(this.id, 'host.clock-drift', driftPpm);
  }

  /**
   * Calls back after `delayUs` microseconds of this host's (drifting) clock, in this incarnation or never. On a host that is down it
   * returns a timer that is already dead: code of a crashed process cannot set timers.
   */
  after(delayUs: number, callback: () => void): HostTimer;
  after<A>(delayUs: number, callback: (arg: A) => void, arg: A): HostTimer;
  after(delayUs: number, callback: (arg: never) => void, arg?: unknown): HostTimer {
    const timer = new HostTimer(this, this.incarnations, callback as (arg: unknown) => void, arg);
    if (this.currentState === 'down') timer.pending = false;
    else timer.handle = this.sim.after(Math.max(0, Math.round(this.clock.trueDurationUs(delayUs))), timerDue, timer);
    return timer;
  }

  /** Sets a timer again that has fired in this incarnation: heartbeats need no new one each time. */
  again(timer: HostTimer, delayUs: number): void {
    timer.pending = this.isAlive(timer.incarnation);
    if (timer.pending)
      timer.handle = this.sim.after(Math.max(0, Math.round(this.clock.trueDurationUs(delayUs))), timerDue, timer);
  }

  /** Returns false when the timer has fired, was cancelled before, or its incarnation is gone. */
  cancelTimer(timer: HostTimer): boolean {
    if (!timer.pending) return false;
    timer.pending = false;
    this.sim.cancel(timer.handle);
    return this.isAlive(timer.incarnation);
  }

  /**
   * Something has arrived for this host. Up: runs now (after what still waits from a pause). Paused: waits for the resume. Down: is
   * dropped.
   * @returns false when it was dropped
   */
  execute<A>(callback: (arg: A) => void, arg: A): boolean {
    if (this.currentState === 'down') return false;
    if (this.currentState === 'up' && this.waiting === null) callback(arg);
    else this.wait(callback as (arg: unknown) => void, arg);
    return true;
  }

  /** Starts a process if there is none: next incarnation, then `boot`, then the `onUp` listeners. */
  start(): void {
    if (this.currentState !== 'down') return;
    this.currentState = 'up';
    this.incarnations++;
    this.sim.trace.record(this.id, 'host.start', this.incarnations);
    this.boot?.(this);
    this.notify('up');
  }

  /** Ends the process at once. Its timers, what waits for it and its connections are gone. */
  crash(): void {
    if (this.currentState === 'down') return;
    this.currentState = 'down';
    this.waiting = null;
    this.waitingHead = 0;
    if (this.resumeHandle !== null) this.sim.cancel(this.resumeHandle);
    if (this.drainHandle !== null) this.sim.cancel(this.drainHandle);
    this.resumeHandle = null;
    this.drainHandle = null;
    this.sim.trace.record(this.id, 'host.crash', this.incarnations);
    this.notify('down');
  }

  /** Crashes (if it runs) and starts again `afterUs` later, unless something else has started it before. */
  restart(afterUs = 0): void {
    this.crash();
    this.sim.after(afterUs, startAgain, { host: this, incarnation: this.incarnations });
  }

  /**
   * Stops the process for `durationUs` (`Infinity`: until `resume()`). Pauses that overlap are one pause that ends with the last of
   * them. Does nothing on a host that is down.
   */
  pause(durationUs: number): void {
    if (this.currentState === 'down' || !(durationUs > 0)) return;
    const untilUs = this.sim.nowUs + durationUs;
    const starts = this.currentState === 'up';
    if (!starts && untilUs <= this.pausedUntilUs) return;
    this.pausedUntilUs = untilUs;
    if (this.resumeHandle !== null) this.sim.cancel(this.resumeHandle);
    this.resumeHandle = Number.isFinite(untilUs) ? this.sim.at(Math.round(untilUs), resumeHost, this as Host) : null;
    if (!starts) return;
    this.currentState = 'paused';
    this.sim.trace.record(this.id, 'host.pause', this.incarnations);
    this.notify('pause');
  }

  /** Ends every pause now. What has waited runs next, one event each, before anything that arrives later. */
  resume(): void {
    if (this.currentState !== 'paused') return;
    if (this.resumeHandle !== null) this.sim.cancel(this.resumeHandle);
    this.resumeHandle = null;
    this.currentState = 'up';
    this.sim.trace.record(this.id, 'host.resume', this.incarnations);
    if (this.waiting !== null && this.drainHandle === null) this.drainHandle = this.sim.after(0, drain, this as Host);
    this.notify('resume');
  }

  /** Calls back after every start. */
  onUp(listener: HostListener): void {
    this.listen('up', listener);
  }

  /** Calls back at every crash, when the host is already down. */
  onDown(listener: HostListener): void {
    this.listen('down', listener);
  }

  /** Calls back when a pause begins (not when one is prolonged). */
  onPause(listener: HostListener): void {
    this.listen('pause', listener);
  }

  /** Calls back at resume, before what has waited runs. */
  onResume(listener: HostListener): void {
    this.listen('resume', listener);
  }

  /** A timer of this incarnation is due. */
  private fire(timer: HostTimer): void {
    if (!timer.pending || timer.incarnation !== this.incarnations || this.currentState === 'down') return;
    if (this.ready) runTimer(timer);
    else this.wait(runTimer as (arg: unknown) => void, timer);
  }

  private wait(callback: (arg: unknown) => void, arg: unknown): void {
    if (this.waiting === null) this.waiting = [];
    this.waiting.push({ callback, arg });
  }

  /** Runs the first of what waits, as an event of its own so that promises it settles are seen before the next one. */
  private drainOne(): void {
    this.drainHandle = null;
    if (this.currentState !== 'up' || this.waiting === null) return;
    const next = this.waiting[this.waitingHead++] as Waiting;
    if (this.waitingHead === this.waiting.length) {
      this.waiting = null;
      this.waitingHead = 0;
    } else {
      this.drainHandle = this.sim.after(0, drain, this as Host);
    }
    next.callback(next.arg);
  }

  private describeEvents(): void {
    const { sim, id } = this;
    this.lanes = {
      timers: new EventLane(`${id} timers`, id),
      waiting: new EventLane(`${id} waiting`, id),
      state: new EventLane(`${id} state`, id),
    };
    sim.describe(timerDue, ({ host }) => host.lanes!.timers);
    sim.describe(drain, (host) => host.lanes!.waiting);
    sim.describe(resumeHost, (host) => host.lanes!.state);
    sim.describe(startAgain, ({ host }) => host.lanes!.state);
  }

  private listen(kind: keyof Listeners, listener: HostListener): void {
    if (this.listeners === null) this.listeners = {};
    const list = this.listeners[kind];
    if (list === undefined) this.listeners[kind] = [listener];
    else list.push(listener);
  }

  private notify(kind: keyof Listeners): void {
    const list = this.listeners?.[kind];
    if (list !== undefined) for (const listener of list) listener(this);
  }

  /** @internal entry points of the kernel's events */
  static readonly events = {
    due: (timer: HostTimer): void => timer.host.fire(timer),
    drain: (host: Host): void => host.drainOne(),
  };
}

const timerDue = Host.events.due;
const drain = Host.events.drain;

function runTimer(timer: HostTimer): void {
  if (!timer.pending) return;
  timer.pending = false;
  timer.callback(timer.arg);
}

function resumeHost(host: Host): void {
  host.resume();
}

function startAgain(restart: { readonly host: Host; readonly incarnation: number }): void {
  if (restart.host.incarnation === restart.incarnation) restart.host.start();
}
