import type { Baseline } from './baseline-schema.js';
import type { GateResult } from './gate-schema.js';

/** The gate result file: JSON, one run a line. */
export function renderGateJson(result: GateResult): string {
  return lines(result, new Set(['runs', 'scenarios']));
}

/** The baseline file: JSON, one scenario a line, so that version control shows what has changed. */
export function renderBaseline(baseline: Baseline): string {
  return lines(baseline, new Set(['scenarios']));
}

function lines(value: object, lists: ReadonlySet<string>): string {
  const fields = Object.entries(value).flatMap(([key, item]) => {
    if (item === undefined) return [];
    const text =
      lists.has(key) && Array.isArray(item) && item.length > 0
        ? `[\n${item.map((each) => `    ${JSON.stringify(each)}`).join(',\n')}\n  ]`
        : JSON.stringify(item);
    return [`  ${JSON.stringify(key)}: ${text}`];
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}
