import type { RunResult } from '../../reports/index.js';
import { DeadairError, ExitCode } from '../errors.js';
import type { Scenario } from '../scenario/index.js';
import type { ProgressLine } from './progress-line.js';

/** Runs a scenario a second time. @returns an error that says what differs, or null */
export async function verifyRun(
  scenario: Scenario,
  seed: number,
  first: RunResult,
  progress: ProgressLine,
): Promise<DeadairError | null> {
  const { simulate } = await import('../simulate.js');
  const second = await simulate(scenario, { seed, onProgress: (state) => progress.update(state) });
  progress.clear();
  if (second.traceHash === first.traceHash) return null;
  const message = `two runs with seed ${seed} differ: trace ${first.traceHash} and ${second.traceHash}`;
  return new DeadairError('verify.differs', message, ExitCode.notDeterministic);
}
