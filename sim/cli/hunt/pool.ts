import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { Tinypool } from 'tinypool';
import { DeadairError, ExitCode } from '../../errors.js';
import type { SeedReport, SeedRunner } from '../../explore/index.js';
import type { WholeHunt, WholeTask, WorkerData } from './worker.js';

/** Threads that explore seeds, or make whole hunts. */
export interface Pool extends SeedRunner {
  whole(task: WholeTask): Promise<WholeHunt>;
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
    // worlds die young: with room for hundreds of them, most need no collection at all
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  let closing = false;
  // tinypool does not notice a thread that ends without an error, and would wait for it for ever
  for (const thread of pool.threads as unknown as readonly Worker[]) {
    thread.on('exit', (code: number) => {
      if (!closing) thread.emit('error', new Error(`it ended with exit code ${code}`));
    });
  }
  // of a thread that has no work: another takes its place
  pool.on('error', () => undefined);
  const call = async <T>(name: string, task: unknown, seed: number): Promise<T> => {
    try {
      return (await pool.run(task, { name })) as T;
    } catch (error) {
      const problem = error instanceof Error ? error : new Error(String(error));
      // a DeadairError loses its class on the way between threads
      if ('exitCode' in problem && 'code' in problem)
        throw new DeadairError(String(problem.code), problem.message, Number(problem.exitCode));
      throw new DeadairError(
        'hunt.worker',
        `a thread failed in seed ${seed} (${problem.message}); look at it with --workers 1 --seed ${seed}`,
        ExitCode.internal,
      );
    }
  };
  return {
    width: workers,
    run: (seed) => call<SeedReport>('work', seed, seed),
    whole: (task) => call<WholeHunt>('whole', task, task.seed),
    close: async () => {
      closing = true;
      await pool.destroy();
    },
  };
}
