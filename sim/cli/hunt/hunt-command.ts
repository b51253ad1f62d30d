import {
  renderIssue,
  renderMermaid,
  renderPage,
  renderPerfetto,
  renderShiviz,
  renderTimeline,
} from '../../../reports/counterexample/index.js';
import { checkWritable } from '../../../reports/index.js';
import { builtInScenarios } from '../../../scenarios/index.js';
import { DeadairError, ExitCode } from '../../errors.js';
import {
  type Catch,
  checkStrategy,
  EXHAUSTIVE,
  type HuntResult,
  hunt,
  localise,
  minimise,
  type Repro,
  renderRepro,
  reproOf,
  seedOptionsOf,
} from '../../explore/index.js';
import { tellStory } from '../../explore/story.js';
import { loadScenario } from '../../scenario/index.js';
import { Interruption } from '../interruption.js';
import { writeEach } from '../outputs.js';
import { ProgressLine } from '../progress-line.js';
import { useColor } from '../use-color.js';
import { hazardWarnings, otherWorlds, replacementsOf } from './hazards-of.js';
import { renderHunt } from './hunt-summary.js';
import { startPool } from './pool.js';

/** Options of `deadair hunt`. */
export interface HuntCommandOptions {
  readonly hazard: readonly string[];
  readonly strategy: string;
  readonly schedules: number;
  readonly seconds?: number;
  readonly seed: number;
  readonly workers?: number;
  readonly window?: number;
  readonly all?: boolean;
  readonly set: readonly string[];
  readonly coverage?: boolean;
  readonly json?: boolean;
  readonly repro: string;
  readonly page: string;
  readonly mermaid?: string;
  readonly perfetto?: string;
  readonly shiviz?: string;
  readonly issue?: string;
}

/**
 * `deadair hunt`: looks for a schedule that breaks something, makes it small, shows it.
 * @returns the exit code
 */
export async function huntCommand(reference: string, options: HuntCommandOptions): Promise<number> {
  const scenario = await loadScenario(reference, { builtIn: builtInScenarios, overrides: options.set });
  const { hazard: hazards, strategy, json = false } = options;
  checkStrategy(strategy);
  const collaborators = replacementsOf(hazards);
  await checkFiles(options);
  for (const warning of hazardWarnings(hazards, scenario)) process.stderr.write(`deadair: warning: ${warning}\n`);
  const progress = new ProgressLine(process.stderr, scenario.name, json && !process.stderr.isTTY);
  const interruption = new Interruption(progress);
  const windowMs = options.window;
  const { schedulesPerSeed } = seedOptionsOf({ strategy });
  const pool =
    strategy === EXHAUSTIVE
      ? null
      : startPool(
          { scenario, options: { strategy, schedulesPerSeed, windowMs, coverage: options.coverage }, hazards },
          options.workers,
        );
  let repro: Repro | null = null;
  let written: readonly string[] = [];
  let failure: DeadairError | null = null;
  try {
    const result = await hunt(scenario, {
      strategy,
      schedules: options.schedules,
      ...(options.seconds === undefined ? {} : { seconds: options.seconds }),
      seed: options.seed,
      windowMs,
      keepGoing: options.all === true,
      ...(pool === null ? { collaborators } : { runner: pool }),
      signal: interruption.signal,
      onProgress: ({ schedules, ofSchedules, schedulesPerSecond, wallS }) =>
        progress.show(wallS, `hunting  ${schedules} of ${ofSchedules} schedules  ${Math.round(schedulesPerSecond)}/s`),
    });
    await pool?.close();
    if (result.caught !== null) {
      repro = await reduce(result.caught, hazards, collaborators, progress, interruption.signal);
      ({ written, failure } = await show(repro, options, collaborators));
    }
    progress.clear();
    print(result, repro, written, options, otherWorlds(hazards, scenario));
    if (interruption.exitCode !== null) {
      process.stderr.write(
        `deadair: interrupted: ${result.schedules} schedules were explored${repro === null ? '' : '; the counterexample is as small as it was by then'}\n`,
      );
      if (failure !== null) process.stderr.write(`deadair: ${failure.message}\n`);
      return interruption.exitCode;
    }
    if (failure !== null) throw failure;
    if (repro === null) return ExitCode.ok;
    return result.violations.some(({ kind }) => kind === 'safety') ? ExitCode.safety : ExitCode.liveness;
  } finally {
    progress.clear();
    interruption.end();
    await pool?.close();
  }
}

async function reduce(
  caught: Catch,
  hazards: readonly string[],
  collaborators: ReturnType<typeof replacementsOf>,
  progress: ProgressLine,
  signal: AbortSignal,
): Promise<Repro> {
  const options = { collaborators, signal };
  const smallest = await minimise(caught, {
    ...options,
    onProgress: ({ replays, wallS, left }) =>
      progress.show(wallS, `seed ${caught.given.seed}  ${replays} replays  ${left}`),
  });
  const critical = await localise(smallest, options);
  return reproOf({ ...smallest, strategy: caught.strategy }, hazards, critical);
}

type FileOption = 'repro' | 'page' | 'mermaid' | 'perfetto' | 'shiviz' | 'issue';
const FILES: readonly FileOption[] = ['repro', 'page', 'mermaid', 'perfetto', 'shiviz', 'issue'];

async function checkFiles(options: HuntCommandOptions): Promise<void> {
  const seen = new Map<string, string>();
  for (const name of FILES) {
    const path = options[name];
    if (path === undefined) continue;
    const problem = path === '' ? 'needs the name of a file' : await checkWritable(path);
    if (problem !== null) throw new DeadairError('output.unwritable', `--${name} ${path} ${problem}`);
    const other = seen.get(path);
    if (other !== undefined && !path.startsWith('/dev/'))
      throw new DeadairError('output.unwritable', `--${name} and --${other} name the same file ${path}; choose two`);
    seen.set(path, name);
  }
}

/** Writes what was asked for, as far as it can be written, and shows the counterexample. */
async function show(
  repro: Repro,
  options: HuntCommandOptions,
  collaborators: ReturnType<typeof replacementsOf>,
): Promise<{ readonly written: readonly string[]; readonly failure: DeadairError | null }> {
  const files: [FileOption, string][] = [['repro', renderRepro(repro)]];
  const { story } = await tellStory(repro, { collaborators, replay: `deadair replay ${options.repro}` });
  files.push(['page', renderPage(story)]);
  if (options.mermaid !== undefined) files.push(['mermaid', renderMermaid(story)]);
  if (options.perfetto !== undefined) files.push(['perfetto', renderPerfetto(story)]);
  if (options.shiviz !== undefined) files.push(['shiviz', renderShiviz(story)]);
  if (options.issue !== undefined) files.push(['issue', renderIssue(story)]);
  const asked = files.map(([name, text]) => ({ option: `--${name}`, path: options[name]!, text: () => text }));
  const { failed, failure } = await writeEach(asked);
  if (options.json !== true)
    process.stdout.write(
      renderTimeline(story, { color: useColor(process.stdout), width: process.stdout.columns ?? 80 }),
    );
  const written = asked.filter(({ option }) => !failed.has(option)).map(({ path }) => path);
  if (failure === null) return { written, failure };
  const fromRepro = !failed.has('--repro') && failed.size === 1 && failed.has('--page');
  const way = fromRepro
    ? `deadair replay ${options.repro} --page <file> makes it`
    : `--seed ${repro.seed} finds it again`;
  const again = `${failure.message}; ${way}`;
  return { written, failure: new DeadairError(failure.code, again) };
}

function print(
  result: HuntResult,
  repro: Repro | null,
  written: readonly string[],
  options: HuntCommandOptions,
  elsewhere: readonly string[],
): void {
  if (options.json !== true) {
    process.stdout.write(
      renderHunt(result, repro, { color: useColor(process.stdout), written, elsewhere, replay: options.repro }),
    );
    return;
  }
  const { caught, schedules, schedulesPerSecond, decisions, seeds, events, orders, interrupted, wallS } = result;
  const { exhaustive, violations, reach } = result;
  const summary = {
    found: caught !== null,
    violation: repro?.violation ?? null,
    schedules,
    schedulesPerSecond,
    decisions,
    strategy: caught?.strategy ?? options.strategy,
    seed: caught?.given.seed ?? null,
    minimised: repro?.minimised ?? null,
    critical: repro?.critical ?? null,
    repro: written.includes(options.repro) ? options.repro : null,
    page: written.includes(options.page) ? options.page : null,
    ...(options.all === true ? { violations } : {}),
    coverage: {
      seeds,
      events,
      orders,
      ...exhaustive,
      swarm: result.swarm.rows(),
      ...(reach === null
        ? {}
        : {
            marks: { reached: [...reach.marks.reached], never: reach.marks.missed },
            transitions: reach.transitions.table(),
          }),
    },
    wallSeconds: wallS,
    ...(interrupted ? { interrupted } : {}),
  };
  process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
}
