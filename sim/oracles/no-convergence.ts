import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/**
 * Order returns. Each oracle says at the end what is not in order then; this one hears how long that has been so, and objects when load and
 * faults have been over for long enough and there has been no moment at which everything was in order: things that take turns in
 * being wrong converge as little as one thing that stays wrong.
 */
export const noConvergence: Oracle = {
  id: 'no-convergence',
  kind: 'liveness',
  claim:
    'once load and faults are over, everything comes in order within the time that one migration and its rollback take at most, and the next attempt',
  whenUnquiet(evidence: Evidence, sinceUs: number, problem: Finding): Finding[] {
    const { migrationTimeoutMs, rollbackTimeoutMs, settleTimeoutMs, retryMaxMs } = evidence.policy;
    const limitUs = (migrationTimeoutMs + rollbackTimeoutMs + settleTimeoutMs + retryMaxMs) * 1_000;
    const unrestUs = evidence.nowUs - sinceUs;
    if (unrestUs <= limitUs || evidence.disturbed(limitUs)) return [];
    return [
      {
        message: `nothing is broken and nobody comes or goes, but for ${Math.round(unrestUs / 1e6)} s it has not once been in order: ${problem.message}`,
        subjects: problem.subjects,
      },
    ];
  },
};
