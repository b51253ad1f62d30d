import {
  type CapacityFile,
  type CapacityOutcome,
  type RunFigures,
  standingOf,
  unmeasuredLevels,
} from '../../../reports/index.js';
import { builtInScenarios } from '../../../scenarios/index.js';
import { DeadairError, ExitCode } from '../../errors.js';
import { loadScenario, type Scenario, scenarioHash } from '../../scenario/index.js';
import type { Interval } from '../../sweep/capacity-search.js';
import { mainFigures, parseFigures } from '../../sweep/figures.js';
import { limitingResource } from '../../sweep/limiting-resource.js';
import { parseLink } from '../../sweep/link.js';
import { CHANNEL_SIZE, type Load, levelOverrides, parseLoad } from '../../sweep/load.js';
import { DEADAIR_VERSION } from '../../version.js';
import { Interruption } from '../interruption.js';
import { checkOutputs } from '../outputs.js';
import { ProgressLine } from '../progress-line.js';
import { assemble } from './assemble.js';
import { capacityOutputs, writeCapacityOutputs } from './capacity-outputs.js';
import { JournalFile } from './journal-file.js';
import { LoadSearch } from './load-search.js';
import { commandOf, type StudyOptions, showCapacity } from './show-capacity.js';
import { Study } from './study.js';
import { exitCodeOf, measuredIdentity } from './sweep-command.js';

/** Options of `deadair capacity`. */
export interface CapacityOptions extends StudyOptions {
  readonly load: string;
  readonly slo: readonly string[];
  readonly precision: number;
}

/** Without a range the search goes up to this many times the scenario's own load. */
const GROWTH_MAX = 16;

/**
 * `deadair capacity`: the largest load at which every level holds on every seed, and what limits it.
 * @returns the exit code
 */
export async function capacityCommand(reference: string, options: CapacityOptions): Promise<number> {
  const load = parseLoad(options.load);
  const links = options.with.map((text) => parseLink(text, [load.key]));
  const figures = options.metrics === undefined ? null : parseFigures(options.metrics);
  const given = [...options.set, ...(options.duration === undefined ? [] : [`durationS=${options.duration}`])];
  const wanted = [...given, ...levelOverrides(options.slo)];
  const alone = await withLevels(options.slo, () =>
    loadScenario(reference, { builtIn: builtInScenarios, overrides: wanted }),
  );
  const overrides = [...pinned(alone, [...wanted, ...options.with], load), ...wanted];
  const base = await loadScenario(reference, { builtIn: builtInScenarios, overrides });
  if (!Object.values(base.expectations).flat().some(isFailing))
    throw new DeadairError(
      'capacity.levels',
      `${base.name} states no levels; give one: --slo 'join_latency_ms: p(95)<800'`,
    );
  const range = rangeOf(load, base);
  await checkOutputs(capacityOutputs(options));

  const seeds = Array.from({ length: options.seeds }, (_, index) => options.seed + index);
  const progress = new ProgressLine(process.stderr, base.name, options.json === true && !process.stderr.isTTY);
  const interruption = new Interruption(progress);
  const shown = figures ?? mainFigures(base);
  const journal = new JournalFile<RunFigures>(`${options.out}.journal`, {
    deadair: DEADAIR_VERSION,
    scenario: reference,
    '--load': load.key,
    '--set': given.join(' '),
    '--slo': options.slo.join(', '),
    '--with': links.map(({ key, expression }) => `${key}=${expression}`).join(' '),
    '--seeds': `${seeds[0]}..${seeds.at(-1)}`,
    'scenario hash': scenarioHash(base),
    ...measuredIdentity(shown),
  });
  try {
    const workers = options.workers === undefined ? {} : { workers: options.workers };
    const metrics = shown.map(({ metric }) => metric);
    const study = new Study({ reference, overrides, journal, progress, interruption, metrics, ...workers });
    const search = new LoadSearch({ study, reference, overrides, load, links, seeds, base });
    const interval = await search.run(range, options.precision, interruption.signal);
    progress.clear();
    if (interval === null) {
      process.stderr.write(
        `deadair: interrupted: ${journal.size} runs are kept in ${journal.path}; the same command goes on from there\n`,
      );
      return interruption.exitCode ?? ExitCode.internal;
    }
    const settings = search.tried();
    const parts = {
      kind: 'capacity' as const,
      command: commandOf(
        ['capacity', reference, '--load', options.load, ...options.slo.flatMap((text) => ['--slo', text])],
        options,
        options.precision === 0.05 ? [] : ['--precision', String(options.precision)],
      ),
      base,
      overrides,
      variations: [{ key: load.key, values: settings.map(({ setting }) => setting.values[0] as string) }],
      links,
      seeds,
      figures: shown,
      settings,
    };
    const bare = assemble(parts);
    const file = assemble({ ...parts, capacity: outcomeOf(bare, load, range, interval, search.skipped()) });
    const written = await writeCapacityOutputs(capacityOutputs(options), file);
    if (written.failure === null) journal.remove();
    showCapacity(file, options, written);
    const code = exitCodeOf(file);
    if (code === ExitCode.ok && interval.passed === null && unmeasuredLevels(file).length > 0)
      return ExitCode.cannotJudge;
    return code === ExitCode.ok && interval.passed === null ? ExitCode.sloMissed : code;
  } finally {
    progress.clear();
    interruption.end();
    journal.close();
  }
}

/** What is wrong with a level is told of `--slo`, which gave it. */
async function withLevels(slo: readonly string[], load: () => Promise<Scenario>): Promise<Scenario> {
  try {
    return await load();
  } catch (error) {
    const [, reason = null] =
      error instanceof DeadairError ? (/^--set expectations\.\w+=\[.*?\]: (.*)$/s.exec(error.message) ?? []) : [];
    if (reason === null || slo.length === 0) throw error;
    throw new DeadairError((error as DeadairError).code, `--slo ${slo.join(', ')}: ${reason}`);
  }
}

function isFailing(entry: Scenario['expectations'][string][number]): boolean {
  return typeof entry === 'string' || entry.level === 'fail';
}

/** The number of SFU nodes follows the clients unless it is set: what is searched is the capacity of the nodes that there are. */
function pinned(scenario: Scenario, given: readonly string[], { key }: Load): string[] {
  const field = 'topology.sfuNodes';
  if (key === field || given.some((text) => text.startsWith(`${field}=`))) return [];
  return [`${field}=${scenario.topology.sfuNodes}`];
}

function rangeOf({ key, min, max }: Load, base: Scenario): { min: number; max: number; start: number } {
  const path = key === CHANNEL_SIZE ? 'population.membersMax' : key;
  let own: unknown = base;
  for (const word of path.split('.')) own = (own as Record<string, unknown> | undefined)?.[word];
  const start = typeof own === 'number' && own >= 1 ? Math.floor(own) : null;
  if (min !== null && max !== null) return { min, max, start: Math.min(max, Math.max(min, start ?? min)) };
  if (start === null)
    throw new DeadairError(
      'load.syntax',
      `--load ${key}: it has no number in ${base.name}; give a range: ${key}=1..1000`,
    );
  return { min: 1, max: start * GROWTH_MAX, start };
}

function outcomeOf(
  file: CapacityFile,
  { key }: Load,
  range: { min: number; max: number },
  { passed, failed, exceptions }: Interval,
  skipped: CapacityOutcome['skipped'],
): CapacityOutcome {
  const common = { key, min: range.min, max: range.max, passed, failed, exceptions: [...exceptions], skipped };
  const setting = file.settings.find(({ values }) => values[0] === String(failed));
  if (setting === undefined)
    return { ...common, level: null, limiting: { resource: '', why: '', resources: [] }, replay: null };
  const { what, seeds } = standingOf(file, setting);
  const runs = setting.runs.filter(({ seed }) => seeds.includes(seed));
  return { ...common, level: what, limiting: limitingResource(runs), replay: runs[0]?.replay ?? null };
}
