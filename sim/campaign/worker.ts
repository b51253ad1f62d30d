import { parentPort } from 'node:worker_threads';
import type { Detail } from '../detail.js';
import { DeadairError, ExitCode } from '../errors.js';
import { simulate } from '../simulate.js';
import type { Outcome, Point } from './point.js';

/** What a thread is asked. */
export interface PointTask {
  readonly point: Point;
  readonly detail: Detail;
  readonly metrics: readonly string[];
}

async function run({ point, detail, metrics }: PointTask): Promise<Outcome> {
  try {
    const result = await simulate(point.scenario, { seed: point.seed, detail, metrics });
    return { kind: 'result', result };
  } catch (error) {
    if (error instanceof DeadairError) {
      const { code, message, exitCode } = error;
      return { kind: 'failed', code, message, exitCode };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', code: 'point.bug', message, exitCode: ExitCode.internal };
  }
}

parentPort?.on('message', (task: PointTask) => void run(task).then((outcome) => parentPort?.postMessage(outcome)));
