import type { Verdict } from '../../reports/index.js';
import { ExitCode } from '../errors.js';

/** The exit code that tells a verdict. */
export function exitCodeOf(verdict: Verdict): number {
  return {
    pass: ExitCode.ok,
    'slo-missed': ExitCode.sloMissed,
    safety: ExitCode.safety,
    liveness: ExitCode.liveness,
    interrupted: ExitCode.cannotJudge,
  }[verdict];
}
