import type { RunFigures } from '../../reports/capacity/schema.js';
import type { Outcome } from '../campaign/index.js';

/** What a sweep keeps of a run: nothing that depends on the machine. */
export function runFigures(seed: number, outcome: Outcome, replay: string): RunFigures {
  if (outcome.kind === 'failed') {
    const { code, message } = outcome;
    return { seed, problem: { code, message }, metrics: {}, levels: [], violations: {}, replay };
  }
  const { verdict, traceHash, simulatedSeconds, metrics, expectations, violations } = outcome.result;
  const counts: Record<string, number> = {};
  for (const { oracle } of violations) counts[oracle] = (counts[oracle] ?? 0) + 1;
  return {
    seed,
    verdict,
    traceHash,
    simulatedSeconds,
    metrics,
    levels: expectations.map(({ actual, pass, reason }) => ({
      actual,
      pass,
      ...(reason === undefined ? {} : { reason }),
    })),
    violations: counts,
    replay,
  };
}
