import { type GateResult, renderAnnotations, renderGateTerminal } from '../../../reports/gate/index.js';
import type { Written } from '../outputs.js';
import { useColor } from '../use-color.js';
import { type GateOutput, writeGateOutputs } from './gate-outputs.js';

/** How a result is shown. */
export interface ShowOptions {
  readonly json?: boolean;
  /** Print GitHub annotations; default: where GitHub runs it. */
  readonly github?: boolean;
}

/** Writes the files of a gate, as far as they can be written, and prints it. */
export async function showGate(
  result: GateResult,
  outputs: readonly GateOutput[],
  { json = false, github }: ShowOptions,
): Promise<Written> {
  const written = await writeGateOutputs(outputs, result);
  if (json) {
    const { runs: _, ...summary } = result;
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  } else {
    process.stdout.write(renderGateTerminal(result, { color: useColor(process.stdout) }));
    for (const { option, path } of outputs)
      if (!written.failed.has(option)) process.stdout.write(`${option.slice(2)}: ${path}\n`);
  }
  // with --json, standard output is one object
  const annotations = (github ?? process.env.GITHUB_ACTIONS === 'true') ? renderAnnotations(result) : '';
  (json ? process.stderr : process.stdout).write(annotations);
  return written;
}
