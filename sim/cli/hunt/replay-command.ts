import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { type Counterexample, renderPage, renderTimeline } from '../../../reports/counterexample/index.js';
import { DeadairError, ExitCode } from '../../errors.js';
import { CUSTOM, type Outcome, parseRepro, type Repro, replayCase, suspectOf } from '../../explore/index.js';
import { tellStory } from '../../explore/story.js';
import { checkOutputs, writeEach } from '../outputs.js';
import { TraceFile } from '../trace-file.js';
import { useColor } from '../use-color.js';
import { replacementsOf } from './hazards-of.js';

/** Options of `deadair replay`. */
export interface ReplayCommandOptions {
  readonly step?: boolean;
  readonly trace?: string;
  readonly page?: string;
  readonly json?: boolean;
}

/**
 * `deadair replay`: shows a violation again, to the bit.
 * @returns the exit code: that of the violation; 6 when it is not the same any more
 */
export async function replayCommand(path: string, options: ReplayCommandOptions): Promise<number> {
  const repro = parseRepro(await read(path), path);
  if (repro.hazards.includes(CUSTOM)) {
    throw new DeadairError(
      'repro.custom',
      `${path}: hazards: it needs the collaborators or oracles of a test suite; replay it there with replay()`,
      ExitCode.notComparable,
    );
  }
  const collaborators = hazardsIn(repro, path);
  const files = [
    ...(options.trace === undefined ? [] : [{ option: '--trace', path: options.trace, render: null }]),
    ...(options.page === undefined ? [] : [{ option: '--page', path: options.page, render: null }]),
  ];
  await checkOutputs(files);
  const trace = options.trace === undefined ? undefined : new TraceFile(options.trace);
  const outcome = await replayCase(suspectOf(repro), { collaborators, ...(trace ? { traceSink: trace } : {}) });
  const traceFailure = trace?.finish() ?? null;
  const differs = difference(repro, outcome);
  const { story } = await tellStory(repro, { collaborators, replay: `deadair replay ${path}` });
  const { page } = options;
  const pages = page === undefined ? [] : [{ option: '--page', path: page, text: () => renderPage(story) }];
  const failure = traceFailure ?? (await writeEach(pages)).failure;
  if (options.json === true) {
    const { violation, traceHash } = outcome;
    process.stdout.write(
      `${JSON.stringify({ reproduced: differs === null, violation, traceHash, expected: repro.traceHash }, null, 2)}\n`,
    );
  } else if (outcome.violation === null) {
    // there is nothing to show; the message says so
  } else if (options.step === true) await stepThrough(story);
  else
    process.stdout.write(
      renderTimeline(story, { color: useColor(process.stdout), width: process.stdout.columns ?? 80 }),
    );
  if (differs !== null) throw new DeadairError('replay.differs', `${path}: ${differs}`, ExitCode.notComparable);
  if (options.json !== true)
    process.stdout.write(`\nReproduced to the bit: ${repro.violation.oracle}, trace ${outcome.traceHash}\n`);
  if (failure !== null) throw failure;
  return repro.violation.kind === 'safety' ? ExitCode.safety : ExitCode.liveness;
}

/** What is not as the repro says, its field first; null: everything is. */
function difference({ violation, traceHash, deadairVersion }: Repro, outcome: Outcome): string | null {
  const { violation: now } = outcome;
  if (outcome.traceHash !== traceHash) {
    const verdict =
      now === null
        ? 'no oracle objects any more'
        : now.oracle === violation.oracle
          ? `${now.oracle} still objects`
          : `${now.oracle} objects instead of ${violation.oracle}`;
    return `traceHash: the world runs differently now (${outcome.traceHash} instead of ${traceHash}): ${verdict}; the core or deadair has changed since ${deadairVersion} made it; hunt again`;
  }
  for (const field of ['oracle', 'kind', 'message', 'atUs'] as const) {
    if (now?.[field] !== violation[field])
      return `violation.${field}: the same world gives ${JSON.stringify(now?.[field] ?? null)}, not ${JSON.stringify(violation[field])}; the oracles have changed since ${deadairVersion} made it, or the file was changed by hand; hunt again`;
  }
  return null;
}

/** The core with the hazards that the repro names. */
function hazardsIn(repro: Repro, path: string): ReturnType<typeof replacementsOf> {
  try {
    return replacementsOf(repro.hazards);
  } catch (error) {
    if (!(error instanceof DeadairError)) throw error;
    throw new DeadairError('repro.hazards', `${path}: hazards: ${error.message}`, error.exitCode);
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DeadairError(
      'repro.unreadable',
      `${path} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown error'})`}; check the path`,
    );
  }
}

/** One event after the other: on a terminal at each Enter, else all at once. */
async function stepThrough(story: Counterexample): Promise<void> {
  const input = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stdout }) : null;
  for (const event of story.events) {
    const where = event.from === undefined ? event.host : `${event.from} > ${event.host}`;
    const marks = [
      event.chosen === true ? 'chosen' : '',
      event.lateUs === undefined ? '' : `${(event.lateUs / 1e3).toFixed(1)} ms late`,
      story.critical?.first === event.n || story.critical?.second === event.n ? 'CRITICAL' : '',
    ].filter((mark) => mark !== '');
    const line = `${(event.atUs / 1e6).toFixed(6)} s  ${where}  ${event.kind}: ${event.label}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}`;
    if (input === null) process.stdout.write(`${line}\n`);
    else if (/^q/i.test(await input.question(`${line} `))) break;
  }
  input?.close();
}
