import type { CapacityFile, RunFigures } from '../../../reports/index.js';
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
import { assemble } from './assemble.js';
import { capacityOutputs, writeCapacityOutputs } from './capacity-outputs.js';
import { JournalFile } from './journal-file.js';
import { commandOf, type StudyOptions, showCapacity } from './show-capacity.js';
import { type Loaded, loadSetting, Study } from './study.js';

/** Options of `deadair sweep`. */
export interface SweepOptions extends StudyOptions {
  readonly vary: readonly string[];
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
  const shown = figures ?? mainFigures(base);
  const identity = {
    ...identityOf({ base, reference, overrides, variations, links, seeds }),
    ...measuredIdentity(shown),
  };
  const journal = new JournalFile<RunFigures>(`${options.out}.journal`, identity);
  try {
    const metrics = shown.map(({ metric }) => metric);
    const study = new Study({ reference, overrides, journal, progress, interruption, metrics, ...workersOf(options) });
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
      command: commandOf(['sweep', reference, ...options.vary.flatMap((text) => ['--vary', text])], options),
      base,
      overrides,
      variations,
      links,
      seeds,
      figures: shown,
      settings: loaded.map((item) => ({
        ...item,
        runs: seeds.flatMap((seed) => study.get(item.setting, seed) ?? []),
      })),
    });
    const written = await writeCapacityOutputs(capacityOutputs(options), file);
    if (written.failure === null) journal.remove();
    showCapacity(file, options, written);
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

/** What is measured only because it is shown: runs without it are of no use to a sweep that shows it. */
export function measuredIdentity(shown: readonly { readonly metric: string }[]): Identity {
  return shown.some(({ metric }) => metric === 'state_growth') ? { '--metrics': 'state_growth' } : {};
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

/** A sweep measures: a level that is missed somewhere is no failure of it, a core that breaks is. */
export function exitCodeOf({ settings }: CapacityFile): number {
  const runs = settings.flatMap((setting) => setting.runs);
  if (runs.some(({ verdict }) => verdict === 'safety')) return ExitCode.safety;
  if (runs.some(({ verdict }) => verdict === 'liveness')) return ExitCode.liveness;
  return runs.every(({ problem }) => problem !== undefined) ? ExitCode.cannotJudge : ExitCode.ok;
}
