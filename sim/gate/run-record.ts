import type { GateRun } from '../../reports/gate/gate-schema.js';
import type { Outcome } from '../campaign/index.js';
import type { SuiteEntry } from './suite.js';

/** What a gate keeps of one run. */
export function runRecord({ name, scenario, over }: SuiteEntry, seed: number, outcome: Outcome): GateRun {
  if (outcome.kind === 'failed') {
    const { code, message } = outcome;
    return {
      scenario: name,
      seed,
      verdict: 'broken',
      traceHash: '',
      simulatedSeconds: 0,
      events: 0,
      metrics: {},
      expectations: [],
      violations: [],
      problem: { code, message },
    };
  }
  const { result } = outcome;
  const chosen = new Map(
    Object.entries(scenario.expectations).map(([metric, entries]) => [
      metric,
      entries.map((entry) => (typeof entry === 'string' ? over : (entry.over ?? over))),
    ]),
  );
  const seen = new Set<string>();
  return {
    scenario: name,
    seed,
    verdict: result.verdict === 'interrupted' ? 'broken' : result.verdict,
    traceHash: result.traceHash,
    simulatedSeconds: result.simulatedSeconds,
    events: result.events,
    metrics: result.metrics,
    // they stand in the order in which they are written
    expectations: result.expectations.map(({ metric, expression, level, actual, values, pool }) => {
      const wanted = chosen.get(metric)?.shift() ?? over;
      return {
        metric,
        expression,
        level,
        // of one number a seed the worst counts
        over: wanted === 'pooled' && pool === undefined ? 'worst' : wanted,
        values: values ?? [actual],
        ...(pool === undefined ? {} : { pool }),
      };
    }),
    violations: result.violations
      .filter(({ oracle }) => !seen.has(oracle) && seen.add(oracle))
      .map(({ oracle, kind, atS, message }) => ({ oracle, kind, atS, message })),
  };
}
