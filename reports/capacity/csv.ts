import { figureOf, standingOf } from './figures.js';
import type { CapacityFile, Figure } from './schema.js';
import { METRIC_FIELDS } from './schema.js';

/** One row for each run: values of the variations, seed, verdict, every metric; RFC 4180. Numbers are in the units of the metrics. */
export function renderCapacityCsv(file: CapacityFile): string {
  const columns = metricColumns(file);
  const head = [
    ...file.variations.map(({ key }) => key),
    'seed',
    'verdict',
    'setting',
    'cost_month_usd_setting',
    ...columns.map(({ metric, field }) => (field === 'value' ? metric : `${metric}:${field}`)),
    'trace',
    'problem',
  ];
  const rows = file.settings.flatMap((setting) => {
    const standing = standingOf(file, setting).kind;
    const cost = setting.cost === null ? '' : String(setting.cost.totalUsd);
    const empty = columns.map(() => '');
    if (setting.problem !== undefined)
      return [[...setting.values, '', '', standing, cost, ...empty, '', setting.problem.message]];
    return setting.runs.map((run) => [
      ...setting.values,
      String(run.seed),
      run.verdict ?? '',
      standing,
      cost,
      ...columns.map((column) => String(figureOf(run, column) ?? '')),
      run.traceHash ?? '',
      run.problem?.message ?? '',
    ]);
  });
  return [head, ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

/** Every metric that any run has; of histograms every field. */
function metricColumns({ settings }: CapacityFile): Pick<Figure, 'metric' | 'field'>[] {
  const kinds = new Map<string, boolean>();
  for (const { runs } of settings)
    for (const { metrics } of runs)
      for (const [name, { kind }] of Object.entries(metrics)) kinds.set(name, kind === 'histogram');
  return [...kinds].flatMap(([metric, histogram]) =>
    METRIC_FIELDS.filter((field) => (field !== 'value') === histogram).map((field) => ({ metric, field })),
  );
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
