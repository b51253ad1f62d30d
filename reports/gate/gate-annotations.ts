import { failuresOf } from './failures.js';
import type { GateResult } from './gate-schema.js';

/** GitHub shows no more than ten of a kind for a step. */
const ANNOTATIONS_MAX = 10;

/**
 * GitHub annotations, worst first, at most ten: when there is more to say, the last one says how much.
 * Syntax: GitHub, "Workflow commands for GitHub Actions", setting an error message.
 */
export function renderAnnotations(result: GateResult): string {
  const failures = failuresOf(result);
  const shown = failures.length > ANNOTATIONS_MAX ? ANNOTATIONS_MAX - 1 : failures.length;
  const lines = failures.slice(0, shown).map(({ scenario, what, expected, found, worst, seeds, command }) => {
    const message = `expected ${expected}, found ${found}; ${worst} (${seeds})\n${command}`;
    return `::error title=${property(`${scenario}: ${what}`)}::${data(message)}`;
  });
  if (failures.length > shown)
    lines.push(
      `::error title=deadair gate::${data(`${failures.length - shown} more objections; see the step summary`)}`,
    );
  return lines.map((line) => `${line}\n`).join('');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
