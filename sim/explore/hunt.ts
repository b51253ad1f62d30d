import { realWorld } from '../kernel/real-world.js';
import type { Violation } from '../oracles/index.js';
import type { Scenario } from '../scenario/index.js';
import { huntExhaustively } from './hunt-exhaustively.js';
import { type Catch, huntSeed, type SeedOptions, type SeedReport } from './hunt-seed.js';
import { checkStrategy, EXHAUSTIVE } from './portfolio.js';
import { Reach } from './reach.js';
import { SwarmTable } from './swarm-table.js';
import { countViolations, type ViolationCount } from './violation-counts.js';

/** Hands out seeds to be explored; a pool of threads, or this one. */
export interface SeedRunner {
  /** How many seeds it works on at a time. */
  readonly width: number;
  run(seed: number): Promise<SeedReport>;
  close(): Promise<void>;
}

export interface HuntOptions extends Partial<SeedOptions> {
  /** First seed. Default 1. */
  readonly seed?: number;
  /** Schedules to run at most, in whole seeds. Default 2 000. */
  readonly schedules?: number;
  /** Real seconds to run at most. Default: no limit. */
  readonly seconds?: number;
  /** Goes on after a violation and explores the whole budget, to count how often each oracle objects. Default false. */
  readonly keepGoing?: boolean;
  /** Who does the work. Default: this thread. An exhaustive hunt is always made in this thread. */
  readonly runner?: SeedRunner;
  /** Ends the hunt with what it has. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: HuntProgress) => void;
}

export interface HuntProgress {
  readonly schedules: number;
  readonly ofSchedules: number;
  readonly seeds: number;
  readonly schedulesPerSecond: number;
  readonly wallS: number;
}

/** What a hunt has explored, and the first violation in the order of seeds. */
export interface HuntResult {
  readonly caught: Catch | null;
  /** Of a hunt that keeps going all, else the one; the most frequent first. */
  readonly violations: readonly ViolationCount[];
  /** Schedules up to the violation, or of all seeds. */
  readonly schedules: number;
  readonly seeds: number;
  readonly decisions: number;
  readonly events: number;
  /** Different orders of neighbours at keys and actors, summed over seeds. */
  readonly orders: number;
  readonly wallS: number;
  readonly schedulesPerSecond: number;
  /** Which swarm options were on, and how often with a violation. */
  readonly swarm: SwarmTable;
  /** What was reached; null unless `coverage` was asked for. */
  readonly reach: Reach | null;
  readonly interrupted: boolean;
  /** Of an exhaustive hunt, else null. */
  readonly exhaustive: ExhaustiveCoverage | null;
}

/** What an exhaustive hunt says of its one case. */
export interface ExhaustiveCoverage {
  /** At least one schedule of every class of equivalent ones has been run. */
  readonly exhausted: boolean;
  /** Schedules broken off because they were equivalent to others from there on. */
  readonly pruned: number;
  readonly windowMs: number;
}

/** The tame one and two others: a new case finds more than another order of the same (measured on the zoo). */
const SCHEDULES_PER_SEED = 3;

/** Options of a seed with their defaults. @throws DeadairError for a strategy that does not exist */
export function seedOptionsOf(options: Partial<SeedOptions>): SeedOptions {
  const strategy = options.strategy ?? 'portfolio';
  checkStrategy(strategy);
  return { ...options, strategy, schedulesPerSeed: options.schedulesPerSeed ?? SCHEDULES_PER_SEED };
}

/**
 * Hunts: explores one seed after the other until one shows a violation or the budget is used up. The answer does not depend on the
 * number of threads: the violation of the smallest seed counts, and only the schedules before it. With the strategy `exhaustive` see
 * {@link huntExhaustively}.
 * @throws DeadairError for what the scenario asks of the world and the world does not have
 */
export async function hunt(scenario: Scenario, options: HuntOptions = {}): Promise<HuntResult> {
  if (options.strategy === EXHAUSTIVE) return huntExhaustively(scenario, options);
  const startedMs = realWorld.nowMs();
  const wallS = () => (realWorld.nowMs() - startedMs) / 1e3;
  const seedOptions = seedOptionsOf(options);
  const runner = options.runner ?? inThisThread(scenario, seedOptions);
  const { seed: firstSeed = 1, schedules: budget = 2_000, seconds = Number.POSITIVE_INFINITY, signal } = options;
  const reports = new Map<number, SeedReport>();
  let nextSeed = firstSeed;
  let ran = 0;
  let caughtSeed = Number.POSITIVE_INFINITY;
  const work = async (): Promise<void> => {
    while (!signal?.aborted && wallS() < seconds) {
      const seed = nextSeed;
      if (seed > caughtSeed || (seed - firstSeed) * seedOptions.schedulesPerSeed >= budget) return;
      nextSeed++;
      const report = await runner.run(seed);
      reports.set(seed, report);
      ran += report.schedules;
      if (report.caught !== null && options.keepGoing !== true) caughtSeed = Math.min(caughtSeed, seed);
      options.onProgress?.({
        schedules: ran,
        ofSchedules: budget,
        seeds: reports.size,
        schedulesPerSecond: ran / Math.max(wallS(), 1e-6),
        wallS: wallS(),
      });
    }
  };
  await Promise.all(Array.from({ length: runner.width }, work));
  const lastSeed = Math.min(caughtSeed, nextSeed - 1);
  return summary(reports, firstSeed, lastSeed, ran, wallS(), signal?.aborted === true);
}

/** Adds up the seeds to the last that counts; seeds after a gap (a hunt that was broken off) do not count. */
function summary(
  reports: ReadonlyMap<number, SeedReport>,
  firstSeed: number,
  lastSeed: number,
  ran: number,
  wallS: number,
  interrupted: boolean,
): HuntResult {
  const swarm = new SwarmTable();
  let caught: Catch | null = null;
  const violations: Violation[] = [];
  let reach: Reach | null = null;
  const sum = { schedules: 0, seeds: 0, decisions: 0, events: 0, orders: 0 };
  for (let seed = firstSeed; seed <= lastSeed; seed++) {
    const report = reports.get(seed);
    if (report === undefined) break;
    sum.seeds++;
    sum.schedules += report.schedules;
    sum.decisions += report.decisions;
    sum.events += report.events;
    sum.orders += report.orders;
    swarm.note(report.swarm, report.caught !== null);
    if (report.reach !== null) {
      reach ??= new Reach();
      reach.merge(report.reach);
    }
    if (report.caught === null) continue;
    caught ??= report.caught;
    violations.push(report.caught.violation);
  }
  return {
    caught,
    violations: countViolations(violations),
    ...sum,
    wallS,
    schedulesPerSecond: ran / Math.max(wallS, 1e-6),
    swarm,
    reach,
    interrupted,
    exhaustive: null,
  };
}

function inThisThread(scenario: Scenario, options: SeedOptions): SeedRunner {
  return { width: 1, run: (seed) => huntSeed(scenario, seed, options), close: async () => undefined };
}
