import { existsSync } from 'node:fs';
import { type GateResult, type GateRun, readGate } from '../../../reports/gate/index.js';
import { builtInScenarios } from '../../../scenarios/index.js';
import { builtInSuites } from '../../../scenarios/suites/index.js';
import { type Point, runPoints } from '../../campaign/index.js';
import { DeadairError, ExitCode } from '../../errors.js';
import {
  describeSuite,
  FailingScenarios,
  gateResult,
  loadSuite,
  pointKey,
  pointsOf,
  runRecord,
  type Shard,
  type Suite,
} from '../../gate/index.js';
import { Interruption } from '../interruption.js';
import { ProgressLine } from '../progress-line.js';
import { deadairVersion } from '../version.js';
import { type BaselineOptions, baselineOf } from './baseline-file.js';
import { byCost, CostLeft } from './cost.js';
import { gateExitCode } from './gate-exit-code.js';
import { type GateIdentity, GateJournal, hasJournal, identityOf, journalOf, readJournal } from './gate-journal.js';
import { type GateFiles, gateOutputs } from './gate-outputs.js';
import { type ShowOptions, showGate } from './show-gate.js';

/** Options of `deadair gate`. */
export interface GateOptions extends GateFiles, BaselineOptions, ShowOptions {
  readonly seeds?: number;
  readonly shard?: Shard;
  readonly workers?: number;
  readonly resume?: boolean;
}

/**
 * `deadair gate`: runs a suite with several seeds, judges it, compares it, writes.
 * @returns the exit code
 */
export async function gateCommand(reference: string, options: GateOptions): Promise<number> {
  const { shard, out, json = false } = options;
  const catalogue = { scenarios: builtInScenarios, suites: builtInSuites };
  const suite = await loadSuite(reference, {
    catalogue,
    ...(options.seeds === undefined ? {} : { seeds: options.seeds }),
  });
  const points = pointsOf(suite, shard);
  const head = {
    deadairVersion: deadairVersion(),
    suite: describeSuite(suite),
    ...(shard === undefined ? {} : { shard }),
  };
  const baseline = await baselineOf(options, head);
  const outputs = await gateOutputs(options, baseline.file === null ? [] : [baseline.file]);
  const kept = options.resume === true ? await runsOfBefore(out, identityOf(head)) : [];
  if (out !== undefined && kept.length === 0 && hasJournal(out)) {
    process.stderr.write(
      `deadair: ${journalOf(out)} has the runs of a gate that was broken off; it begins anew (--resume goes on)\n`,
    );
  }
  const progress = new ProgressLine(process.stderr, `gate ${suite.name}`, json && !process.stderr.isTTY);
  const journal = out === undefined || out.startsWith('/dev/') ? null : new GateJournal(out, identityOf(head), kept);
  const interruption = new Interruption(progress);
  try {
    const runs = [...kept];
    await runAll(suite, points, runs, { workers: options.workers, progress, signal: interruption.signal, journal });
    progress.clear();
    const result = baseline.compared(gateResult({ ...head, runs }));
    const { failed, failure } = await showGate(result, outputs, options);
    if (failed.has('--out')) journal?.close();
    else journal?.finish();
    await baseline.update(result);
    if (failure !== null) throw keptAnyway(failure, journal !== null);
    if (interruption.exitCode === null) return gateExitCode(result.verdict);
    process.stderr.write(`deadair: ${interruptedText(result, out)}\n`);
    return interruption.exitCode;
  } catch (error) {
    journal?.close();
    throw error;
  } finally {
    progress.clear();
    interruption.end();
  }
}

async function runAll(
  suite: Suite,
  points: readonly Point[],
  runs: GateRun[],
  parts: {
    readonly workers: number | undefined;
    readonly progress: ProgressLine;
    readonly signal: AbortSignal;
    readonly journal: GateJournal | null;
  },
): Promise<void> {
  const { workers, progress, signal, journal } = parts;
  const done = new Set(runs.map(({ scenario, seed }) => pointKey(scenario, seed)));
  const entries = new Map(
    suite.entries.flatMap((entry) => entry.seeds.map((seed) => [pointKey(entry.name, seed), entry] as const)),
  );
  // the dearest first: then no thread is left alone with one at the end
  const left = byCost(points.filter(({ key }) => !done.has(key)));
  const cost = new CostLeft(left);
  const failing = new FailingScenarios();
  for (const run of runs) failing.add(run);
  await runPoints(left, {
    ...(workers === undefined ? {} : { workers }),
    detail: 'figures',
    stay: true,
    signal,
    onOutcome: (point, outcome) => {
      const run = runRecord(entries.get(point.key)!, point.seed, outcome);
      runs.push(run);
      journal?.add(run);
      cost.ended(point);
      failing.add(run);
      progress.show(
        cost.wallS,
        () => `gate ${suite.name}  ${runs.length} of ${points.length} runs${failing.text}  ${cost.leftText}`,
      );
    },
  });
}

/** Runs of a gate that was interrupted or killed. */
async function runsOfBefore(out: string | undefined, wanted: GateIdentity): Promise<readonly GateRun[]> {
  if (out === undefined)
    throw new DeadairError('gate.resume', '--resume needs --out: the file of the gate that was broken off');
  const before = hasJournal(out) ? readJournal(out) : existsSync(out) ? await resultOf(out) : null;
  if (before === null) {
    throw new DeadairError('gate.resume', `--resume: neither ${out} nor ${journalOf(out)} has any runs; leave it out`);
  }
  for (const field of ['deadairVersion', 'suite', 'shard'] as const) {
    if (before.identity[field] === wanted[field]) continue;
    throw new DeadairError(
      'gate.resume',
      `--resume: ${out} is of another gate: ${field} is ${before.identity[field]}, not ${wanted[field]}; leave --resume out`,
      ExitCode.notComparable,
    );
  }
  return before.runs;
}

async function resultOf(out: string): Promise<{ identity: GateIdentity; runs: readonly GateRun[] }> {
  const result = await readGate(out);
  return { identity: identityOf(result), runs: result.runs };
}

/** A file that could not be written costs no run where the runs are kept. */
function keptAnyway({ code, message }: DeadairError, kept: boolean): DeadairError {
  const how = kept ? '; the runs are kept: the same command with --resume writes what is missing' : '';
  return new DeadairError(code, `${message}${how}`);
}

function interruptedText({ missing = [], runs }: GateResult, out: string | undefined): string {
  const kept = out === undefined ? '' : `; ${out} has what there is, --resume goes on`;
  if (missing.length === 0) return 'interrupted, but every run was made';
  return `interrupted: ${runs.length} of ${runs.length + missing.length} runs were made${kept}`;
}
