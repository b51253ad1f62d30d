import Table from 'cli-table3';
import picocolors from 'picocolors';
import { formatNumber, formatValue, metricLabel, plural } from '../format.js';
import { wrap } from '../terminal-report.js';
import { leaf, type Standing, settingLabel, spreadOf, standingOf, unmeasuredLevels } from './figures.js';
import { capacityLines } from './outcome-lines.js';
import type { CapacityFile, Figure, SettingResult } from './schema.js';

const WIDTH = 100;

/** The summary for a terminal: a row for each setting, then cliffs, capacity and recommendation. */
export function renderCapacityTerminal(file: CapacityFile, options: { readonly color: boolean }): string {
  const paint = picocolors.createColors(options.color);
  const lines = [
    `${paint.bold(file.scenario.name)}  ${plural(file.settings.length, 'setting')} x ${plural(file.seeds.length, 'seed')}: mean (worst seed)`,
    '',
    ...table(file, paint, options.color).split('\n'),
    '',
    ...unmeasuredLines(file).flatMap((line) => wrap(line, WIDTH)),
    ...linkLines(file).flatMap((line) => wrap(line, WIDTH)),
    ...capacityLines(file).flatMap((line) => (line.startsWith('Again: ') ? [line] : wrap(line, WIDTH))),
    ...cliffLines(file).flatMap((line) => wrap(line, WIDTH)),
    ...recommendationLines(file).flatMap((line) => wrap(line, WIDTH)),
    ...replayLines(file),
  ];
  return `${lines.join('\n').replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')}\n`;
}

type Paint = ReturnType<typeof picocolors.createColors>;

const BORDERLESS = Object.fromEntries(
  [
    'left',
    'right',
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'mid',
    'left-mid',
    'mid-mid',
    'right-mid',
  ].map((name) => [name, '']),
);

function table(file: CapacityFile, paint: Paint, color: boolean): string {
  const grid = new Table({
    head: [...file.variations.map(({ key }) => leaf(key)), ...file.figures.map(figureHead), 'levels'],
    style: color ? { head: ['bold'], border: ['gray'], compact: true } : { head: [], border: [], compact: true },
    colAligns: [...file.variations.map(() => 'right' as const), ...file.figures.map(() => 'right' as const), 'left'],
    chars: { ...BORDERLESS, middle: '  ' },
  });
  for (const setting of file.settings) {
    const standing = standingOf(file, setting);
    const tone = {
      held: paint.green,
      warned: paint.yellow,
      missed: paint.red,
      unmeasured: paint.yellow,
      violated: paint.red,
      failed: paint.yellow,
    };
    grid.push([
      ...setting.values,
      ...file.figures.map((figure) => figureCell(setting, figure)),
      tone[standing.kind](describeStanding(standing, setting.runs.length)),
    ]);
  }
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** `join latency p95` */
export function figureHead({ metric, field }: Pick<Figure, 'metric' | 'field'>): string {
  return field === 'value' ? metricLabel(metric) : `${metricLabel(metric)} ${field}`;
}

function figureCell(setting: SettingResult, figure: Figure): string {
  const spread = spreadOf(setting, figure);
  if (spread === null) return '-';
  const mean = formatFigure(spread.mean, figure.unit);
  const worst = formatFigure(spread.worst, figure.unit);
  return (spread.seeds > 1 && mean !== worst ? `${mean} (${worst})` : mean)
    .replaceAll('\u202f', ' ')
    .replaceAll('\u00a0', ' ');
}

/** A value with its unit; money with its sign. */
export function formatFigure(value: number, unit: string): string {
  return unit === 'USD' ? `$${formatNumber(value, 0)}` : formatValue(value, unit);
}

/** `held`, `missed join_latency_ms p(95)<200 (3 of 10)`, `not valid: ...` */
export function describeStanding({ kind, what, seeds, missed }: Standing, runs: number): string {
  const shareOf = ({ length }: readonly number[]) => (runs > 1 && length > 0 ? ` (${length} of ${runs} seeds)` : '');
  const share = shareOf(seeds);
  switch (kind) {
    case 'held':
      return 'held';
    case 'warned':
      return `held, warns: ${what}${share}`;
    case 'unmeasured':
      return `not measured: ${what}${share}`;
    case 'missed':
      return `missed: ${what}${share}`;
    case 'violated':
      return `VIOLATED: ${what}${share}${missed === undefined ? '' : `; missed: ${missed.what}${shareOf(missed.seeds)}`}`;
    case 'failed':
      return runs === 0 ? `not valid: ${what.replace(/^--set [^:]*: /, '')}` : `not run: ${what}${share}`;
  }
}

/** Fields that were not the same at every setting though nobody varied them. */
function linkLines({ links }: CapacityFile): string[] {
  if (links.length === 0) return [];
  return [`Moved along: ${links.map(({ key, expression }) => `${key} = ${expression}`).join('; ')}.`];
}

/** What nothing can be said about. */
export function unmeasuredLines(file: CapacityFile): string[] {
  const levels = unmeasuredLevels(file);
  if (levels.length === 0) return [];
  return [
    `Not measured at any setting, so it holds nowhere: ${levels.join('; ')}. Nothing of the kind has happened, or this world does not have it.`,
  ];
}

function cliffLines(file: CapacityFile): string[] {
  return file.analysis.cliffs.slice(0, 5).map(({ variation, held, missed, level }) => {
    const [good, bad] = [file.settings[held], file.settings[missed]] as [SettingResult, SettingResult];
    const key = leaf(file.variations[variation]?.key ?? '');
    return `Cliff: ${settingLabel(file, good)} holds, ${key} ${bad.values[variation]} misses ${level}.`;
  });
}

function recommendationLines(file: CapacityFile): string[] {
  const { recommendation } = file.analysis;
  if (recommendation === null) return [];
  const setting = recommendation.setting === null ? undefined : file.settings[recommendation.setting];
  const head = setting === undefined ? 'No recommendation.' : `Recommended: ${settingLabel(file, setting)}.`;
  return [[head, ...recommendation.reasons].join(' ')];
}

/** The command for the worst run that missed something. */
function replayLines(file: CapacityFile): string[] {
  if (file.capacity !== undefined) return [];
  for (const setting of file.settings) {
    const { kind, seeds } = standingOf(file, setting);
    if (kind !== 'missed' && kind !== 'violated') continue;
    const run = setting.runs.find(({ seed }) => seed === seeds[0]);
    if (run?.replay !== undefined) return [`Look at one that missed: ${run.replay} --report page.html`];
  }
  return [];
}
