import { workerData } from 'node:worker_threads';
import { huntSeed, type SeedOptions, type SeedReport } from '../../explore/index.js';
import type { Scenario } from '../../scenario/index.js';
import { replacementsOf } from './hazards-of.js';

/** What a thread is given once: functions cannot be sent, so hazards go by name. */
export interface WorkerData {
  readonly scenario: Scenario;
  readonly options: Pick<SeedOptions, 'strategy' | 'schedulesPerSeed'>;
  readonly hazards: readonly string[];
}

/** A piece of work: a seed, perhaps with other hazards than the thread's own. */
export interface WorkerTask {
  readonly seed: number;
  readonly hazards?: readonly string[];
  readonly strategy?: string;
}

// tinypool hands over its own data first
const { scenario, options, hazards } = (workerData as [unknown, WorkerData])[1];

/** Explores one seed in this thread. */
export function work(task: WorkerTask): Promise<SeedReport> {
  const strategy = task.strategy ?? options.strategy;
  return huntSeed(scenario, task.seed, {
    ...options,
    strategy,
    collaborators: replacementsOf(task.hazards ?? hazards),
  });
}
