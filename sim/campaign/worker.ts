import { parentPort } from 'node:worker_threads';
import { DeadairError, ExitCode } from '../errors.js';
import { simulate } from '../simulate.js';
import type { Keep, Outcome, Point } from './point.js';

/** What a thread is asked. */
export interface PointTask {
  readonly point: Point;
  readonly keep: Keep;
}

async function run({ point, keep }: PointTask): Promise<Outcome> {
  try {
    const result = await simulate(point.scenario, { seed: point.seed });
    if (keep === 'all') return { kind: 'result', result };
    const { media: _, ...figures } = result;
    return { kind: 'result', result: { ...figures, series: [], samples: [], gaps: [] } };
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
