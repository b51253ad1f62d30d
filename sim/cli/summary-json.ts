import type { RunResult } from '../../reports/index.js';

/** What `--json` prints: one object, without the time series of the result file. */
export function summaryJson(result: RunResult, more: Readonly<Record<string, unknown>> = {}): string {
  const { scenario, series: _series, samples: _samples, gaps: _gaps, ...rest } = result;
  return JSON.stringify({ scenario: scenario.name, scenarioHash: scenario.hash, ...rest, ...more }, null, 2);
}
