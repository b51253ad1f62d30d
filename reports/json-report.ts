import type { RunResult } from './result-schema.js';

/** The result file: JSON with one key a line near the top, so that it can be read and compared. */
export function renderJson(result: RunResult): string {
  const lines = Object.entries(result)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}
