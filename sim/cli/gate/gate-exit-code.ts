import type { GateVerdict } from '../../../reports/gate/index.js';
import { ExitCode } from '../../errors.js';

/** The exit code that tells the verdict of a gate. */
export function gateExitCode(verdict: GateVerdict): number {
  return {
    pass: ExitCode.ok,
    'slo-missed': ExitCode.sloMissed,
    regression: ExitCode.sloMissed,
    safety: ExitCode.safety,
    liveness: ExitCode.liveness,
    broken: ExitCode.internal,
    interrupted: ExitCode.cannotJudge,
  }[verdict];
}
