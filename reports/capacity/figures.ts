import type { CapacityFile, Figure, RunFigures, SettingResult } from './schema.js';

/** A figure over the seeds of a setting. */
export interface Spread {
  readonly mean: number;
  readonly worst: number;
  readonly worstSeed: number;
  /** Seeds with a value. */
  readonly seeds: number;
}

/** A figure of one run; null: not measured. */
export function figureOf(run: RunFigures, { metric, field }: Pick<Figure, 'metric' | 'field'>): number | null {
  const measured = run.metrics[metric];
  if (measured === undefined) return null;
  if (measured.kind !== 'histogram') return measured.value;
  return field === 'value' ? measured.avg : measured[field];
}

/** A figure over the seeds of a setting; null: no seed has it. */
export function spreadOf(setting: SettingResult, figure: Figure): Spread | null {
  let sum = 0;
  let seeds = 0;
  let worst = Number.NaN;
  let worstSeed = 0;
  for (const run of setting.runs) {
    const value = figureOf(run, figure);
    if (value === null) continue;
    sum += value;
    seeds++;
    if (seeds > 1 && (figure.worse === 'higher' ? value <= worst : value >= worst)) continue;
    worst = value;
    worstSeed = run.seed;
  }
  return seeds === 0 ? null : { mean: sum / seeds, worst, worstSeed, seeds };
}

/** How a setting did, over all seeds. */
export interface Standing {
  readonly kind: 'held' | 'missed' | 'unmeasured' | 'violated' | 'failed' | 'warned';
  /** The first level that was missed on any seed, the oracle that objected, or the problem; empty when everything held. */
  readonly what: string;
  /** Seeds on which that was so. */
  readonly seeds: readonly number[];
  /** The level that was missed on most seeds, where an oracle objected as well. */
  readonly missed?: Pick<Standing, 'what' | 'seeds'>;
}

/**
 * Whether the levels held on every seed; what was missed on most seeds comes first, and what broke before what was slow. A level without samples at any
 * seed is not measured: it does not hold, and has not been missed either.
 */
export function standingOf(file: Pick<CapacityFile, 'levels'>, setting: SettingResult): Standing {
  if (setting.problem !== undefined) return { kind: 'failed', what: setting.problem.message, seeds: [] };
  const broken = setting.runs.find(({ problem }) => problem !== undefined);
  if (broken?.problem !== undefined) {
    const seeds = setting.runs.filter(({ problem }) => problem !== undefined).map(({ seed }) => seed);
    return { kind: 'failed', what: broken.problem.message, seeds };
  }
  const missed = (level: 'fail' | 'warn'): Standing | null => {
    let most: Standing | null = null;
    for (const [index, item] of file.levels.entries()) {
      if (item.level !== level) continue;
      const seeds = setting.runs.filter(({ levels }) => levels[index]?.pass === false).map(({ seed }) => seed);
      if (seeds.length === 0) continue;
      const none = setting.runs.every(({ levels }) => levels[index]?.actual === null);
      const kind = level === 'warn' ? 'warned' : none ? 'unmeasured' : 'missed';
      // what was measured says more
      const more = most?.kind === kind ? seeds.length > most.seeds.length : most?.kind !== 'missed';
      if (more) most = { kind, what: `${item.metric} ${item.expression}`, seeds };
    }
    return most;
  };
  const violated = setting.runs.filter(({ verdict }) => verdict === 'safety' || verdict === 'liveness');
  if (violated.length > 0) {
    const what = Object.keys(violated[0]?.violations ?? {})[0] ?? 'an oracle objected';
    const level = missed('fail');
    const also = level === null ? {} : { missed: { what: level.what, seeds: level.seeds } };
    return { kind: 'violated', what, seeds: violated.map(({ seed }) => seed), ...also };
  }
  return missed('fail') ?? missed('warn') ?? { kind: 'held', what: '', seeds: [] };
}

/** Levels of kind `fail` that no run of any setting has measured, as they are written. */
export function unmeasuredLevels({ levels, settings }: Pick<CapacityFile, 'levels' | 'settings'>): string[] {
  const runs = settings.flatMap((setting) => setting.runs).filter(({ problem }) => problem === undefined);
  if (runs.length === 0) return [];
  return levels.flatMap(({ metric, expression, level }, index) =>
    level === 'fail' && runs.every((run) => run.levels[index]?.actual === null) ? [`${metric} ${expression}`] : [],
  );
}

/** Whether every level of kind `fail` held on every seed and no oracle objected. */
export function holds(file: Pick<CapacityFile, 'levels'>, setting: SettingResult): boolean {
  const { kind } = standingOf(file, setting);
  return kind === 'held' || kind === 'warned';
}

/** A setting in a few words: `enableThreshold 8, relay.share 0.2`. */
export function settingLabel(
  file: Pick<CapacityFile, 'variations'>,
  { values }: Pick<SettingResult, 'values'>,
): string {
  return file.variations.map(({ key }, index) => `${leaf(key)} ${values[index]}`).join(', ');
}

/** What a load counts, as it is said after a number: `312 people in a channel`, `500 clients`. */
export function loadName(key: string): string {
  return key === 'channel-size' ? 'people in a channel' : leaf(key);
}

/** The last word of a path; list indices keep the word before them. */
export function leaf(key: string): string {
  const words = key.split('.');
  const last = words.at(-1) as string;
  return /^\d+$/.test(last) ? words.slice(-2).join('.') : last;
}
