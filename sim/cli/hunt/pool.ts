import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import { DeadairError } from '../../errors.js';
import type { SeedReport, SeedRunner } from '../../explore/index.js';
import type { WorkerData, WorkerTask } from './worker.js';

/** Threads that explore seeds. */
export interface Pool extends SeedRunner {
  explore(task: WorkerTask): Promise<SeedReport>;
}

/** Starts a pool. @param workers threads; default: one for each core */
export function startPool(data: WorkerData, workers = availableParallelism()): Pool {
  const pool = new Tinypool({
    filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
    runtime: 'worker_threads',
    minThreads: workers,
    maxThreads: workers,
    workerData: data,
    isolateWorkers: false,
  });
  const explore = async (task: WorkerTask): Promise<SeedReport> => {
    try {
      return (await pool.run(task, { name: 'work' })) as SeedReport;
    } catch (error) {
      if (error instanceof Error && 'exitCode' in error && 'code' in error) {
        // a DeadairError that has lost its class on the way between threads
        throw new DeadairError(String(error.code), error.message, Number(error.exitCode));
      }
      throw new DeadairError(
        'hunt.worker',
        `a thread ended in the middle of seed ${task.seed} (${error instanceof Error ? error.message : String(error)}); results before it are kept; try --workers 1`,
      );
    }
  };
  return {
    width: workers,
    explore,
    run: (seed) => explore({ seed }),
    close: async () => pool.destroy(),
  };
}
