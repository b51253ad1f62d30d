import type { RunResult } from '../../reports/index.js';
import { renderTerminal } from '../../reports/index.js';
import { builtInScenarios } from '../../scenarios/index.js';
import { ExitCode } from '../errors.js';
import { loadScenario, type Scenario } from '../scenario/index.js';
import { exitCodeOf } from './exit-code.js';
import { interruptible } from './interruptible.js';
import { checkOutputs, outputsOf, writeOutputs } from './outputs.js';
import { ProgressLine } from './progress-line.js';
import { replayCommandFor } from './replay-command.js';
import { summaryJson } from './summary-json.js';
import { TraceFile } from './trace-file.js';
import { useColor } from './use-color.js';
import { verifyRun } from './verify-run.js';

/** Options of `deadair run`. */
export interface RunOptions {
  readonly seed: number;
  readonly set: readonly string[];
  readonly duration?: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly report?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly prometheus?: string;
  readonly trace?: string;
  readonly verify?: boolean;
}

/**
 * `deadair run`: loads, checks, runs, judges, writes.
 * @returns the exit code
 */
export async function runCommand(reference: string, options: RunOptions): Promise<number> {
  const overrides = [...options.set, ...(options.duration === undefined ? [] : [`durationS=${options.duration}`])];
  const scenario = await loadScenario(reference, { builtIn: builtInScenarios, overrides });
  const outputs = outputsOf(options);
  await checkOutputs(outputs);

  const quiet = options.json === true && !process.stderr.isTTY;
  const progress = new ProgressLine(process.stderr, scenario.name, quiet);
  const trace = options.trace === undefined ? undefined : new TraceFile(options.trace);
  const measured = await interruptible(progress, trace, () => execute(scenario, options.seed, progress, trace));
  const result = { ...measured, replay: replayCommandFor(reference, options.seed, overrides) };
  trace?.finish();

  await writeOutputs(outputs, result);
  const difference =
    options.verify === true
      ? await interruptible(progress, undefined, () => verifyRun(scenario, options.seed, result, progress))
      : null;
  if (options.json === true) {
    const verified = options.verify === true ? { deterministic: difference === null } : {};
    process.stdout.write(`${summaryJson(result, verified)}\n`);
  } else {
    process.stdout.write(renderTerminal(result, { color: useColor(process.stdout) }));
    for (const { option, path } of outputs) process.stdout.write(`${option.slice(2)}: ${path}\n`);
    if (options.verify === true && difference === null) {
      process.stdout.write(`Verified: a second run has the same trace, ${result.traceHash}\n`);
    }
  }
  if (difference === null) return exitCodeOf(result.verdict);
  process.stderr.write(`deadair: ${difference}\n`);
  return ExitCode.notDeterministic;
}

async function execute(
  scenario: Scenario,
  seed: number,
  progress: ProgressLine,
  trace: TraceFile | undefined,
): Promise<RunResult> {
  try {
    const { simulate } = await import('../simulate.js');
    return await simulate(scenario, {
      seed,
      onProgress: (state) => progress.update(state),
      ...(trace === undefined ? {} : { traceSink: trace }),
    });
  } catch (error) {
    trace?.discard();
    throw error;
  } finally {
    progress.clear();
  }
}
