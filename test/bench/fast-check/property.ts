import fc from 'fast-check';
import { drawCase, type SwarmCase } from '../../../sim/explore/index.js';
import { Judge, oracles, type Violation } from '../../../sim/oracles/index.js';
import type { Scenario } from '../../../sim/scenario/index.js';
import type { Replacements } from '../../../sim/world/world.js';
import { Service } from './service.js';
import { VirtualTime } from './virtual-time.js';

/**
 * How time and fast-check's scheduler go together. `documented`: as its guide says ("Scheduling native timers"): the one task "advance timers"
 * competes with all others, messages take as long as their release takes. `windowed`: with two things lent from us: messages take the time that
 * they take in our network before they can be released, and time does not run further ahead of a message that waits than the case's window.
 */
export type Manner = 'documented' | 'windowed';

export interface FastCheckOptions {
  readonly scenario: Scenario;
  readonly manner: Manner;
  readonly seed: number;
  /** Runs of the property at most. */
  readonly schedules: number;
  readonly collaborators?: Replacements;
}

export interface FastCheckHunt {
  /** Runs up to the first violation, that one included; or all. */
  readonly schedules: number;
  readonly violation: Violation | null;
  /** Violations that did not count, because the correct core is accused of the same in the same run. */
  readonly accusations: number;
  /** Tasks that fast-check has released. */
  readonly tasks: number;
  readonly cpuMs: number;
}

/** In an explored world everything may be late by as much as the window: beyond this oracles do not ask for timeliness. As in our own worlds. */
const BUSY_US = 20_000;
const LOOK_EVERY_US = 200_000;
const LOOKS = 2;

/** Hunts with `fc.scheduler()`: each run has a new workload, drawn as our hunts draw theirs, and a new schedule. */
export async function fastCheckHunt(options: FastCheckOptions): Promise<FastCheckHunt> {
  const { scenario, manner, seed, schedules: numRuns, collaborators = {} } = options;
  const before = process.cpuUsage();
  let schedules = 0;
  let tasks = 0;
  let accusations = 0;
  let violation: Violation | null = null;
  const workload = fc.noBias(fc.integer({ min: 1, max: 0x7fff_ffff })).map((drawn) => drawCase(scenario, drawn));
  await fc.check(
    fc.asyncProperty(fc.scheduler(), workload, async (s, given) => {
      schedules++;
      const again = fc.cloneIfNeeded(s);
      const run = new Run(s, given, manner, collaborators);
      violation = await run.play();
      tasks += run.tasks;
      if (violation === null) return true;
      if (options.collaborators === undefined) return false;
      // what the same run of the correct core is accused of, too, is not the hazard's
      const same = await new Run(again, given, manner, {}).play();
      if (same?.oracle !== violation.oracle) return false;
      violation = null;
      accusations++;
      return true;
    }),
    { seed, numRuns, endOnFailure: true },
  );
  const { user, system } = process.cpuUsage(before);
  return { schedules, violation, accusations, tasks, cpuMs: (user + system) / 1e3 };
}

/** One workload under one schedule. */
class Run {
  tasks = 0;
  private readonly time = new VirtualTime();
  private readonly service: Service;
  private readonly judge: Judge;
  private readonly windowUs: number;
  private readonly loadOverUs: number;
  private readonly explored: Promise<void>;
  private end: () => void = () => undefined;
  private exploring = true;
  private advancing = false;
  /** Times from which released messages have waited, oldest first. */
  private readonly waiting: number[] = [];

  constructor(
    private readonly s: fc.Scheduler,
    private readonly given: SwarmCase,
    manner: Manner,
    collaborators: Replacements,
  ) {
    const windowed = manner === 'windowed';
    this.windowUs = windowed ? given.windowMs * 1e3 : Number.POSITIVE_INFINITY;
    this.loadOverUs = given.scenario.durationS * 1e6;
    this.explored = new Promise((resolve) => {
      this.end = resolve;
    });
    this.time.after(this.loadOverUs, () => this.stop());
    this.service = new Service({
      given,
      time: this.time,
      latencies: windowed,
      collaborators,
      untimelyUntilUs: this.windowUs > BUSY_US ? this.loadOverUs : -1e12,
      release: windowed
        ? (label, run, latencyUs) => {
            if (latencyUs > 0) this.time.after(latencyUs, () => this.release(label, run));
            else this.release(label, run);
          }
        : (label, run) => this.release(label, run),
    });
    this.judge = new Judge(
      this.service,
      oracles,
      () => [],
      () => this.stop(),
    );
  }

  async play(): Promise<Violation | null> {
    this.scheduleTimers();
    await this.s.waitFor(this.explored, async (f) => {
      this.tasks++;
      await f();
      this.scheduleTimers();
    });
    if (this.judge.violations.length === 0) {
      await this.s.waitIdle();
      await this.heal();
    }
    return this.judge.violations[0] ?? null;
  }

  /** The load is over, or there is a violation. */
  private stop(): void {
    this.exploring = false;
    this.end();
  }

  private release(label: string, run: () => void): void {
    if (!this.exploring) {
      this.time.after(1_000, run);
      return;
    }
    const sinceUs = this.time.nowUs;
    this.waiting.push(sinceUs);
    void this.s.schedule(Promise.resolve(), label).then(() => {
      this.waiting.splice(this.waiting.indexOf(sinceUs), 1);
      run();
    });
  }

  /** From fast-check's guide: a task that fires the next timer, and comes back for the one after it. */
  private scheduleTimers(): void {
    if (this.advancing || !this.exploring || this.held) return;
    this.advancing = true;
    void this.s.schedule(Promise.resolve(), 'advance timers').then(() => {
      this.advancing = false;
      if (this.exploring && !this.held) this.time.advance();
      this.scheduleTimers();
    });
  }

  /** A message has waited for as long as the window: time stands still until it goes. */
  private get held(): boolean {
    return this.waiting.length > 0 && this.time.nextUs > this.waiting[0]! + this.windowUs;
  }

  /** In the order of time, until everything is in order; what is not when `drainS` is over is a violation. */
  private async heal(): Promise<void> {
    const { judge, service, time } = this;
    const untilUs = this.loadOverUs + this.given.scenario.drainS * 1e6;
    let inOrder = 0;
    let over = false;
    const look = () => {
      inOrder = time.nowUs >= service.overUs && judge.look() ? inOrder + 1 : 0;
      over = inOrder === LOOKS;
      time.after(LOOK_EVERY_US, look);
    };
    time.after(LOOK_EVERY_US, look);
    while (!over && judge.violations.length === 0 && time.nextUs <= untilUs) {
      time.advance();
      await settled();
    }
    if (judge.violations.length > 0) return;
    service.hearing.finish();
    if (!over) judge.conclude();
  }
}

/** Until nothing is left to resolve. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
