import type { Over } from '../../reports/gate/gate-schema.js';
import type { RunResult } from '../../reports/index.js';
import { renderTerminal } from '../../reports/index.js';
import { builtInScenarios } from '../../scenarios/index.js';
import { DeadairError, ExitCode } from '../errors.js';
import { loadScenario, type Scenario } from '../scenario/index.js';
import { exitCodeOf } from './exit-code.js';
import { Interruption } from './interruption.js';
import { checkOutputs, outputsOf, writeOutputs } from './outputs.js';
import { overNotes } from './over-notes.js';
import { PacketCapture } from './packet-capture.js';
import { ProgressLine } from './progress-line.js';
import { replayCommandFor, suiteCommandLine } from './replay-command.js';
import { summaryJson } from './summary-json.js';
import { TraceFile } from './trace-file.js';
import { useColor } from './use-color.js';
import { verifyRun } from './verify-run.js';

/** Options of `deadair run`. */
export interface RunOptions {
  readonly seed: number;
  readonly set: readonly string[];
  readonly duration?: number;
  /** Whose scenario of this name is run. */
  readonly suite?: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly report?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly prometheus?: string;
  readonly trace?: string;
  readonly pcap?: string;
  readonly pcapLink?: string;
  readonly verify?: boolean;
}

/**
 * `deadair run`: loads, checks, runs, judges, writes.
 * @returns the exit code
 */
export async function runCommand(reference: string, options: RunOptions): Promise<number> {
  const overrides = [...options.set, ...(options.duration === undefined ? [] : [`durationS=${options.duration}`])];
  const { scenario, name, replay, suite } = await load(reference, overrides, options);
  const outputs = outputsOf(options);
  await checkOutputs(outputs);

  const quiet = options.json === true && !process.stderr.isTTY;
  const progress = new ProgressLine(process.stderr, scenario.name, quiet);
  const capture = captureOf(options, scenario);
  const trace = options.trace === undefined ? undefined : new TraceFile(options.trace);
  const interruption = new Interruption(progress, [trace, capture]);
  try {
    const measured = await execute(scenario, options.seed, progress, { trace, capture }, interruption.signal);
    const interrupted = interruption.exitCode !== null;
    const notes = [...measured.notes, ...overNotes(measured.expectations, scenario, suite)];
    const result = { ...measured, scenario: { ...measured.scenario, name }, replay, notes };
    const growing = [
      { option: '--trace', failure: trace?.finish() ?? null },
      { option: '--pcap', failure: capture?.finish() ?? null },
    ].filter((file) => file.failure !== null);
    const written = await writeOutputs(outputs, result);
    const failed = new Set([...written.failed, ...growing.map(({ option }) => option)]);
    const failure = growing[0]?.failure ?? written.failure;
    const difference =
      options.verify === true && !interrupted
        ? await verifyRun(scenario, options.seed, result, progress, interruption.signal)
        : null;
    const verified = options.verify === true && interruption.exitCode === null;
    if (options.json === true) {
      process.stdout.write(`${summaryJson(result, verified ? { deterministic: difference === null } : {})}\n`);
    } else {
      process.stdout.write(renderTerminal(result, { color: useColor(process.stdout) }));
      for (const { option, path } of outputs) {
        if (failed.has(option)) continue;
        const what = option === '--pcap' ? ` (${capture?.summary})` : '';
        process.stdout.write(`${option.slice(2)}: ${path}${what}\n`);
      }
      if (verified && difference === null) {
        process.stdout.write(`Verified: a second run has the same trace, ${result.traceHash}\n`);
      }
    }
    if (interruption.exitCode !== null) {
      const what = interrupted ? 'the results are of the time before' : 'the run is complete, but not verified';
      process.stderr.write(`deadair: interrupted: ${what}\n`);
      if (failure !== null) process.stderr.write(`deadair: ${failure.message}\n`);
      return interruption.exitCode;
    }
    if (failure !== null) throw failure;
    if (difference === null) return exitCodeOf(result.verdict);
    process.stderr.write(`deadair: ${difference}\n`);
    return ExitCode.notDeterministic;
  } finally {
    interruption.end();
  }
}

/** The scenario, its name (in a suite that of the entry), and the command that runs it again. */
async function load(
  reference: string,
  overrides: readonly string[],
  { suite, seed }: RunOptions,
): Promise<{
  readonly scenario: Scenario;
  readonly name: string;
  readonly replay: string;
  readonly suite?: { readonly reference: string; readonly over: Over };
}> {
  const builtIn = builtInScenarios;
  if (suite === undefined) {
    const scenario = await loadScenario(reference, { builtIn, overrides });
    return { scenario, name: scenario.name, replay: replayCommandFor(reference, seed, overrides) };
  }
  const { builtInSuites } = await import('../../scenarios/suites/index.js');
  const { entryOf, loadSuite } = await import('../gate/index.js');
  const catalogue = { scenarios: builtIn, suites: builtInSuites };
  const entry = entryOf(await loadSuite(suite, { catalogue }), reference);
  const scenario = await loadScenario(entry.reference, { builtIn, overrides: [...entry.overrides, ...overrides] });
  const replay = suiteCommandLine(reference, suite, seed, overrides);
  return { scenario, name: entry.name, replay, suite: { reference: suite, over: entry.over } };
}

function captureOf({ pcap, pcapLink }: RunOptions, scenario: Scenario): PacketCapture | undefined {
  if (pcap !== undefined) return new PacketCapture(pcap, pcapLink, scenario);
  if (pcapLink === undefined) return undefined;
  throw new DeadairError(
    'pcap.link',
    '--pcap-link says which links to capture; say where to with --pcap <file.pcapng>',
  );
}

async function execute(
  scenario: Scenario,
  seed: number,
  progress: ProgressLine,
  { trace, capture }: { readonly trace: TraceFile | undefined; readonly capture: PacketCapture | undefined },
  signal: AbortSignal,
): Promise<RunResult> {
  try {
    const { simulate } = await import('../simulate.js');
    const onWorld = await capture?.open();
    return await simulate(scenario, {
      seed,
      signal,
      onProgress: (state) => progress.update(state),
      ...(trace === undefined ? {} : { traceSink: trace }),
      ...(onWorld === undefined ? {} : { onWorld }),
    });
  } catch (error) {
    trace?.discard();
    capture?.discard();
    throw error;
  } finally {
    progress.clear();
  }
}
