import { plural } from '../format.js';
import { type CapacityChart, capacityFigure } from './chart-spec.js';
import { leaf, settingLabel, spreadOf } from './figures.js';
import type { CapacityFile, Figure, SettingResult } from './schema.js';
import { figureHead, formatFigure } from './terminal.js';

/** Parts of the page, and what the script draws into them. */
export interface CapacityCharts {
  readonly html: string;
  readonly specs: readonly CapacityChart[];
}

const TONES = ['neutral', 'sfu', 'p2p', 'migration', 'good', 'muted'] as const;

/** Each figure over the values of the last variation: one line for each value of the others (at most six), with what the levels ask and the cliffs. */
export function levelCharts(file: CapacityFile): CapacityCharts {
  const variation = axisOf(file);
  const axis = axisFrame(file, variation);
  const parts = file.figures.flatMap((figure, index) => {
    const lines = linesOf(file, variation, figure, axis.at);
    if (lines.every(({ points }) => points.length === 0)) return [];
    const spec: CapacityChart = {
      id: `chart-figure-${index}`,
      unit: figure.unit,
      fromZero: fromZero(figure, lines),
      x: axis.x,
      series: lines.length === 1 ? withBand(file, variation, figure, lines, axis.at) : lines,
      limits: limitsOf(file, figure),
      cliffs: lines.length === 1 ? cliffsOf(file, variation, axis.at) : [],
    };
    const title = `${capital(figureHead(figure))} against ${axis.x.title}`;
    return [{ html: capacityFigure(spec, title, summaryOf(file, figure, lines.length)), spec }];
  });
  return { html: parts.map(({ html }) => html).join(''), specs: parts.map(({ spec }) => spec) };
}

/** Scores and costs that are close to each other are shown from near them, all else from 0. */
function fromZero({ unit }: Figure, lines: readonly CapacityChart['series'][number][]): boolean {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const low = Math.min(...values);
  if (low < 0) return false;
  return (unit !== '1' && unit !== 'USD') || low < 0.6 * Math.max(...values, Number.MIN_VALUE);
}

/** The variation with the most values. */
function axisOf({ variations }: CapacityFile): number {
  let most = 0;
  for (const [index, { values }] of variations.entries())
    if (values.length > (variations[most]?.values.length ?? 0)) most = index;
  return most;
}

function axisFrame(
  file: CapacityFile,
  variation: number,
): { readonly x: CapacityChart['x']; at(value: string): number } {
  const { key = '', values = [] } = file.variations[variation] ?? {};
  const numbers = values.map(Number);
  const numeric = values.length > 1 && numbers.every((number) => Number.isFinite(number));
  const at = (value: string) => (numeric ? Number(value) : values.indexOf(value));
  const places = values.map(at);
  const [low, high] = [Math.min(...places), Math.max(...places)];
  const log = numeric && low > 0 && high / low > 20;
  const margin = log ? 0 : Math.max((high - low) * 0.03, values.length === 1 ? 1 : 0);
  const x = {
    title: leaf(key),
    unit: '1',
    scale: log ? ('log' as const) : ('linear' as const),
    ticks: values.map((value, index) => ({ value: places[index] as number, label: value })),
    min: low - margin,
    max: high + margin,
  };
  return { x, at };
}

function linesOf(
  file: CapacityFile,
  variation: number,
  figure: Figure,
  at: (value: string) => number,
): CapacityChart['series'][number][] {
  const groups = new Map<string, SettingResult[]>();
  for (const setting of file.settings) {
    const others = file.variations.filter((_, index) => index !== variation);
    const values = setting.values.filter((_, index) => index !== variation);
    const label = settingLabel({ variations: others }, { values });
    groups.set(label, [...(groups.get(label) ?? []), setting]);
  }
  return [...groups].slice(0, TONES.length).map(([label, settings], index) => ({
    label: label === '' ? 'Mean over the seeds' : label,
    tone: TONES[index] ?? 'muted',
    kind: 'line' as const,
    points: settings.flatMap((setting): [number, number][] => {
      const spread = spreadOf(setting, figure);
      return spread === null ? [] : [[at(setting.values[variation] as string), spread.mean]];
    }),
  }));
}

/** The line with the range of the seeds behind it. */
function withBand(
  file: CapacityFile,
  variation: number,
  figure: Figure,
  lines: readonly CapacityChart['series'][number][],
  at: (value: string) => number,
): CapacityChart['series'] {
  if (file.seeds.length < 2) return lines;
  const edge = (worse: Figure['worse']) =>
    file.settings.flatMap((setting): [number, number][] => {
      const spread = spreadOf(setting, { ...figure, worse });
      return spread === null ? [] : [[at(setting.values[variation] as string), spread.worst]];
    });
  return [
    ...lines,
    { label: 'All seeds', tone: 'neutral', kind: 'band', points: edge('higher') },
    { label: '', tone: 'neutral', kind: 'edge', points: edge('lower') },
  ];
}

/** Bounds that the levels set for this very figure. */
function limitsOf({ levels }: CapacityFile, { metric, field }: Figure): CapacityChart['limits'] {
  const names: Partial<Record<Figure['field'], RegExp>> = {
    p95: /^p\(95\)/,
    p99: /^p\(99\)/,
    p90: /^p\(90\)/,
    med: /^(med|p\(50\))/,
    avg: /^avg/,
    max: /^(max|value)/,
    min: /^min/,
    value: /^(rate|value|count|max|min)/,
  };
  return levels.flatMap((level) => {
    if (level.metric !== metric) return [];
    return level.expression.split('&&').flatMap((part) => {
      const bound = Number(/[<>=!]=?=?\s*(-?[\d.eE+-]+)\s*$/.exec(part)?.[1] ?? Number.NaN);
      return names[field]?.test(part.trim()) === true && !Number.isNaN(bound)
        ? [{ value: bound, label: part.trim() }]
        : [];
    });
  });
}

function cliffsOf(file: CapacityFile, variation: number, at: (value: string) => number): CapacityChart['cliffs'] {
  return file.analysis.cliffs.flatMap((cliff) => {
    const [held, missed] = [file.settings[cliff.held], file.settings[cliff.missed]];
    if (cliff.variation !== variation || held === undefined || missed === undefined) return [];
    const [from, to] = [at(held.values[variation] as string), at(missed.values[variation] as string)];
    return [{ from, to, label: `cliff: ${cliff.level}` }];
  });
}

function summaryOf(file: CapacityFile, figure: Figure, lines: number): string {
  const means = file.settings.flatMap((setting) => spreadOf(setting, figure)?.mean ?? []);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const range = `${formatFigure(low, figure.unit)} to ${formatFigure(high, figure.unit)} over ${plural(means.length, 'setting')}, mean of ${plural(file.seeds.length, 'seed')}`;
  return `${range}.${lines === 1 && file.seeds.length > 1 ? ' The area is the range of the seeds.' : ''}`;
}

/** Cost against quality: every setting, and the front of those that none beats in both. */
export function paretoChart(file: CapacityFile): CapacityCharts {
  const { pareto } = file.analysis;
  if (pareto === null) return { html: '', specs: [] };
  const { quality, front } = pareto;
  const point = (index: number): [number, number] | null => {
    const setting = file.settings[index];
    const spread = setting === undefined ? null : spreadOf(setting, quality);
    return spread === null || !setting?.cost ? null : [setting.cost.totalUsd, spread.mean];
  };
  const label = (index: number) => settingLabel(file, file.settings[index] as SettingResult);
  const all = file.settings.map((_, index) => index).filter((index) => point(index) !== null);
  const beaten = all.filter((index) => !front.includes(index));
  const costs = all.map((index) => (point(index) as [number, number])[0]);
  const [low, high] = [Math.min(...costs), Math.max(...costs)];
  const margin = Math.max((high - low) * 0.08, high * 0.005);
  const spec: CapacityChart = {
    id: 'chart-pareto',
    unit: quality.unit,
    fromZero: quality.worse === 'higher',
    x: { title: 'cost a month', unit: 'USD', scale: 'linear', ticks: [], min: low - margin, max: high + margin },
    series: [
      {
        label: 'On the front',
        tone: 'good',
        kind: 'points',
        points: front.flatMap(
          (index) => [point(index) ?? []].filter((each) => each.length === 2) as [number, number][],
        ),
        labels: front.map(label),
      },
      {
        label: 'Beaten by another one in both, or a level was missed',
        tone: 'muted',
        kind: 'points',
        points: beaten.flatMap(
          (index) => [point(index) ?? []].filter((each) => each.length === 2) as [number, number][],
        ),
        labels: beaten.map(label),
      },
    ],
    limits: limitsOf(file, quality),
    cliffs: [],
  };
  const names = front.length === 0 ? 'none meets every level' : front.map(label).join('; ');
  const summary = `${plural(front.length, 'setting')} of ${all.length} on the front: ${names}.`;
  return { html: capacityFigure(spec, `${capital(figureHead(quality))} against cost a month`, summary), specs: [spec] };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
