import { formatClock, formatNumber, formatValue, plural } from '../format.js';
import type { RunResult } from '../result-schema.js';
import { type ChartSpec, figure, timeFrame } from './chart-spec.js';
import { alignSteps, peakOf, seriesPoints } from './step-series.js';

/** Charts of a section: the page parts, and what the script draws into them. */
export interface Charts {
  readonly html: string;
  readonly specs: readonly ChartSpec[];
}

/** Migrations over time. */
export function migrationChart(result: RunResult): Charts {
  const [points = []] = alignSteps([seriesPoints(result, 'migrations_in_progress')], result.simulatedSeconds, 'peak');
  const spec: ChartSpec = {
    ...timeFrame(result),
    id: 'chart-migrations',
    datasets: [{ label: 'In progress', tone: 'migration', kind: 'step', points }],
    unit: '1',
    scale: 'linear',
    lines: [],
  };
  const peak = peakOf(points);
  const count = (name: string) => {
    const metric = result.metrics[name];
    return metric === undefined || metric.kind === 'histogram' ? null : metric.value;
  };
  const started = count('migrations_started');
  const empty = peak.value === 0 && !started ? 'No channel migrated in this run.' : null;
  const outcome = `${formatNumber(started ?? 0)} started, ${formatNumber(count('migrations_completed') ?? 0)} completed, ${formatNumber(count('migrations_rolled_back') ?? 0)} rolled back`;
  const summary = `${outcome}; at most ${formatNumber(peak.value)} at once, at ${formatClock(peak.atS)}.`;
  return {
    html: figure(spec, { title: 'Migrations in progress', summary, empty }),
    specs: empty === null ? [spec] : [],
  };
}

/** Channels, and participants, by mode. */
export function modeCharts(result: RunResult): Charts {
  const parts = [
    modeChart(result, 'channels', 'Channels by mode', 'channel'),
    modeChart(result, 'participants', 'Participants by mode', 'participant'),
  ];
  return { html: parts.map((part) => part.html).join(''), specs: parts.flatMap((part) => part.specs) };
}

function modeChart(result: RunResult, name: string, title: string, noun: string): Charts {
  const [p2p = [], sfu = []] = alignSteps(
    [seriesPoints(result, `${name}_p2p`), seriesPoints(result, `${name}_sfu`)],
    result.simulatedSeconds,
  );
  const spec: ChartSpec = {
    ...timeFrame(result),
    id: `chart-${name}`,
    datasets: [
      { label: 'Peer to peer', tone: 'p2p', kind: 'area', points: p2p },
      { label: 'SFU', tone: 'sfu', kind: 'area', points: sfu },
    ],
    unit: '1',
    scale: 'linear',
    lines: [],
  };
  const [a, b] = [peakOf(p2p), peakOf(sfu)];
  const empty = a.value === 0 && b.value === 0 ? `No ${noun} was seen.` : null;
  const summary = `At most ${plural(a.value, noun)} peer to peer (${formatClock(a.atS)}) and ${formatNumber(b.value)} on the SFU (${formatClock(b.atS)}).`;
  return { html: figure(spec, { title, summary, empty }), specs: empty === null ? [spec] : [] };
}

/** Join latency and migration duration: every sample over time, with percentiles. */
export function latencyCharts(result: RunResult): Charts {
  const parts = [
    sampleChart(result, 'join_latency_ms', 'Join latency', 'neutral', 'Nobody joined.'),
    sampleChart(
      result,
      'migration_duration_ms',
      'Migration duration',
      'migration',
      'No migration completed, so there is no duration to show.',
    ),
  ];
  return { html: parts.map((part) => part.html).join(''), specs: parts.flatMap((part) => part.specs) };
}

function sampleChart(
  result: RunResult,
  name: string,
  title: string,
  tone: ChartSpec['datasets'][number]['tone'],
  emptyText: string,
): Charts {
  const points = result.samples.find((sample) => sample.name === name)?.points ?? [];
  const metric = result.metrics[name];
  const histogram = metric?.kind === 'histogram' && metric.count > 0 ? metric : undefined;
  const lines = (['med', 'p95', 'p99'] as const).flatMap((field) => {
    const value = histogram?.[field] ?? null;
    return value === null ? [] : [{ value, label: `${field === 'med' ? 'p50' : field} ${formatValue(value, 'ms')}` }];
  });
  const max = histogram?.max ?? 0;
  const spec: ChartSpec = {
    ...timeFrame(result),
    id: `chart-${name.replace(/_ms$/, '').replaceAll('_', '-')}`,
    datasets: [{ label: title, tone, kind: 'points', points }],
    unit: 'ms',
    scale: max > 12 * (histogram?.med ?? max) && (histogram?.min ?? 0) > 0 ? 'log' : 'linear',
    lines,
  };
  const shown =
    histogram !== undefined && points.length < histogram.count ? `, ${formatNumber(points.length)} shown` : '';
  const summary =
    histogram === undefined
      ? ''
      : `${plural(histogram.count, 'sample')}${shown}: ${lines.map((line) => line.label).join(', ')}, longest ${formatValue(max, 'ms')}.`;
  const empty = points.length === 0 ? emptyText : null;
  return { html: figure(spec, { title, summary, empty }), specs: empty === null ? [spec] : [] };
}
