import type { RunResult } from '../../reports/index.js';

/** What `--json` prints: one object, without the time series of the result file. */
export function summaryJson(result: RunResult): string {
  const { scenario, series: _series, samples: _samples, gaps: _gaps, ...rest } = result;
  return JSON.stringify({ scenario: scenario.name, scenarioHash: scenario.hash, ...rest }, null, 2);
}
