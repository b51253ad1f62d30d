import {
  type CapacityFile,
  type RunFigures,
  renderCapacityJson,
  renderCapacityTerminal,
} from '../../../reports/index.js';
import { builtInScenarios } from '../../../scenarios/index.js';
import { DeadairError, ExitCode } from '../../errors.js';
import { loadScenario, type Scenario, scenarioHash } from '../../scenario/index.js';
import { mainFigures, parseFigures } from '../../sweep/figures.js';
import type { Identity } from '../../sweep/journal.js';
import { type Link, parseLink } from '../../sweep/link.js';
import { refuseLost, type Setting, settingsOf } from '../../sweep/setting.js';
import { thresholdLinks } from '../../sweep/threshold-links.js';
import { parseVariation, type Variation } from '../../sweep/variation.js';
import { DEADAIR_VERSION } from '../../version.js';
import { Interruption } from '../interruption.js';
import { checkOutputs } from '../outputs.js';
import { ProgressLine } from '../progress-line.js';
import { shellCommand } from '../replay-command.js';
import { useColor } from '../use-color.js';
import { assemble } from './assemble.js';
import { type CapacityOutputs, capacityOutputs, writeCapacityOutputs } from './capacity-outputs.js';
import { JournalFile } from './journal-file.js';
import { type Loaded, loadSetting, Study } from './study.js';

/** Options of `deadair sweep`. */
export interface SweepOptions extends CapacityOutputs {
  readonly vary: readonly string[];
  readonly with: readonly string[];
  readonly seeds: number;
  readonly seed: number;
  readonly set: readonly string[];
  readonly duration?: number;
  readonly workers?: number;
  readonly metrics?: string;
  readonly out: string;
  readonly json?: boolean;
}

/**
 * `deadair sweep`: every setting with every seed, kept as they end, shown as a table.
 * @returns the exit code
 */
export async function sweepCommand(reference: string, options: SweepOptions): Promise<number> {
  const variations = options.vary.map(parseVariation);
  if (variations.length === 0)
    throw new DeadairError('vary.syntax', 'say what to vary, for example --vary policy.enableThreshold=4..15');
  const varied = variations.map(({ key }) => key);
  const written = options.with.map((text) => parseLink(text, varied));
  const overrides = [...options.set, ...(options.duration === undefined ? [] : [`durationS=${options.duration}`])];
  refuseLost(
    overrides,
    varied,
    written.map(({ key }) => key),
  );
  const figures = options.metrics === undefined ? null : parseFigures(options.metrics);
  await checkOutputs(capacityOutputs(options));
  const named = [...overrides.map((text) => text.split('=')[0] ?? ''), ...varied, ...written.map(({ key }) => key)];
  const links = [...written, ...(await followers(reference, overrides, varied, named))];
  const settings = settingsOf(variations, links);
  const loaded = await loadSettings(reference, overrides, settings);
  const base = await baseOf(reference, overrides, loaded);

  const seeds = Array.from({ length: options.seeds }, (_, index) => options.seed + index);
  const progress = new ProgressLine(process.stderr, base.name, options.json === true && !process.stderr.isTTY);
  const interruption = new Interruption(progress);
  const identity = identityOf({ base, reference, overrides, variations, links, seeds });
  const journal = new JournalFile<RunFigures>(`${options.out}.journal`, identity);
  try {
    const study = new Study({ reference, overrides, journal, progress, interruption, ...workersOf(options) });
    await study.run(loaded, seeds, `${settings.length} settings x ${seeds.length} seeds`);
    progress.clear();
    const total = loaded.filter(({ scenario }) => !(scenario instanceof DeadairError)).length * seeds.length;
    if (interruption.exitCode !== null && journal.size < total) {
      const kept = `${journal.size} of ${total} runs are kept in ${journal.path}`;
      process.stderr.write(`deadair: interrupted: ${kept}; the same command goes on from there\n`);
      return interruption.exitCode;
    }
    const file = assemble({
      kind: 'sweep',
      command: commandOf(reference, options),
      base,
      overrides,
      variations,
      links,
      seeds,
      figures: figures ?? mainFigures(base),
      settings: loaded.map((item) => ({
        ...item,
        runs: seeds.flatMap((seed) => study.get(item.setting, seed) ?? []),
      })),
    });
    await writeCapacityOutputs(options, file);
    journal.remove();
    print(file, options);
    return exitCodeOf(file);
  } finally {
    progress.clear();
    interruption.end();
    journal.close();
  }
}

/** What follows without being asked. Where the scenario is not valid by itself, nothing does. */
async function followers(
  reference: string,
  overrides: readonly string[],
  varied: readonly string[],
  named: readonly string[],
): Promise<Link[]> {
  try {
    const scenario = await loadScenario(reference, { builtIn: builtInScenarios, overrides });
    return thresholdLinks(scenario, varied, named);
  } catch (error) {
    if (error instanceof DeadairError && error.code === 'scenario.invalid') return [];
    throw error;
  }
}

/** The scenario at each setting. @throws DeadairError the problem of the first, when none is valid */
async function loadSettings(
  reference: string,
  overrides: readonly string[],
  settings: readonly Setting[],
): Promise<Loaded[]> {
  const loaded: Loaded[] = [];
  for (const setting of settings) loaded.push(await loadSetting(reference, overrides, setting));
  const [first] = loaded;
  if (first !== undefined && loaded.every(({ scenario }) => scenario instanceof DeadairError)) throw first.scenario;
  return loaded;
}

/** The scenario without variations; where it is only valid with them, that of the first valid setting. */
export async function baseOf(
  reference: string,
  overrides: readonly string[],
  loaded: readonly Loaded[],
): Promise<Scenario> {
  try {
    return await loadScenario(reference, { builtIn: builtInScenarios, overrides });
  } catch (error) {
    const valid = loaded.find(({ scenario }) => !(scenario instanceof DeadairError));
    if (valid === undefined) throw error;
    return valid.scenario as Scenario;
  }
}

function workersOf({ workers }: { readonly workers?: number }): { workers?: number } {
  return workers === undefined ? {} : { workers };
}

/** Everything that the runs depend on. */
export function identityOf(parts: {
  readonly base: Scenario;
  readonly reference: string;
  readonly overrides: readonly string[];
  readonly variations: readonly Variation[];
  readonly links: readonly Link[];
  readonly seeds: readonly number[];
}): Identity {
  const { seeds } = parts;
  return {
    deadair: DEADAIR_VERSION,
    scenario: parts.reference,
    '--set': parts.overrides.join(' '),
    '--vary': parts.variations.map(({ key, values }) => `${key}=${values.join(',')}`).join(' '),
    '--with': parts.links.map(({ key, expression }) => `${key}=${expression}`).join(' '),
    '--seeds': `${seeds[0]}..${seeds.at(-1)}`,
    'scenario hash': scenarioHash(parts.base),
  };
}

function commandOf(reference: string, options: SweepOptions): string {
  const { vary, with: links, seeds, seed, set, duration, metrics } = options;
  return shellCommand([
    'deadair',
    'sweep',
    reference,
    ...vary.flatMap((text) => ['--vary', text]),
    ...links.flatMap((text) => ['--with', text]),
    ...set.flatMap((text) => ['--set', text]),
    ...(duration === undefined ? [] : ['--duration', String(duration)]),
    '--seeds',
    String(seeds),
    ...(seed === 1 ? [] : ['--seed', String(seed)]),
    ...(metrics === undefined ? [] : ['--metrics', metrics]),
  ]);
}

function print(file: CapacityFile, options: SweepOptions): void {
  if (options.json === true) {
    process.stdout.write(renderCapacityJson(file));
    return;
  }
  process.stdout.write(renderCapacityTerminal(file, { color: useColor(process.stdout) }));
  for (const { option, path } of capacityOutputs(options)) process.stdout.write(`${option.slice(2)}: ${path}\n`);
}

/** A sweep measures: a level that is missed somewhere is no failure of it, a core that breaks is. */
export function exitCodeOf({ settings }: CapacityFile): number {
  const runs = settings.flatMap((setting) => setting.runs);
  if (runs.some(({ verdict }) => verdict === 'safety')) return ExitCode.safety;
  if (runs.some(({ verdict }) => verdict === 'liveness')) return ExitCode.liveness;
  return runs.every(({ problem }) => problem !== undefined) ? ExitCode.cannotJudge : ExitCode.ok;
}
