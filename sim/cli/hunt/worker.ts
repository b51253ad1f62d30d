import { workerData } from 'node:worker_threads';
import { hunt, huntSeed, type SeedOptions, type SeedReport } from '../../explore/index.js';
import type { Scenario } from '../../scenario/index.js';
import { replacementsOf } from './hazards-of.js';

/** What a thread is given once: functions cannot be sent, so hazards go by name. */
export interface WorkerData {
  readonly scenario: Scenario;
  readonly options: Pick<SeedOptions, 'strategy' | 'schedulesPerSeed' | 'coverage' | 'windowMs'>;
  readonly hazards: readonly string[];
}

// tinypool hands over its own data first
const { scenario, options, hazards } = (workerData as [unknown, WorkerData])[1];

/** Explores one seed in this thread. */
export function work(seed: number): Promise<SeedReport> {
  return huntSeed(scenario, seed, { ...options, collaborators: replacementsOf(hazards) });
}

/** A hunt of its own. */
export interface WholeTask {
  /** Instead of the thread's own. */
  readonly scenario?: Scenario;
  readonly hazards: readonly string[];
  readonly strategy: string;
  readonly seed: number;
  readonly schedules: number;
}

export interface WholeHunt {
  /** Who objected; null when nothing was found. */
  readonly oracle: string | null;
  readonly schedules: number;
  readonly seconds: number;
}

/** Hunts in this thread until something is found. */
export async function whole(task: WholeTask): Promise<WholeHunt> {
  const { seed, schedules, strategy } = task;
  const collaborators = replacementsOf(task.hazards);
  const result = await hunt(task.scenario ?? scenario, { ...options, strategy, seed, schedules, collaborators });
  return { oracle: result.caught?.violation.oracle ?? null, schedules: result.schedules, seconds: result.wallS };
}
