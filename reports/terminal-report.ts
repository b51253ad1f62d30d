import Table from 'cli-table3';
import picocolors from 'picocolors';
import { alertHeadline, alertSubject, alertTimes, firedAlerts } from './alert-summary.js';
import { callSummary } from './call-summary.js';
import { formatClock, formatNumber, formatValue, metricLabel } from './format.js';
import { measuredText } from './measured-text.js';
import type { Metric, RunResult } from './result-schema.js';
import { rolloutSummary } from './rollout-summary.js';
import { describeVerdict, replayCommand } from './verdict.js';
import { voiceSummary } from './voice-summary.js';

const WIDTH = 80;

/** Metrics of the summary, in this order; others that an expectation names are in its own table. */
const SUMMARY = [
  'join_latency_ms',
  'first_connection_ms',
  'migration_duration_ms',
  'audible_gap_ms',
  'migrations_started',
  'migrations_completed',
  'migrations_rolled_back',
  'error_rate',
  'dropout_rate',
  'reconnects',
  'participants_max',
];

/**
 * The summary for a terminal: verdict, expectations, figures, violations. At most 80 columns.
 * @param options `color`: whether to use ANSI colours
 */
export function renderTerminal(result: RunResult, options: { readonly color: boolean }): string {
  const paint = picocolors.createColors(options.color);
  const verdict = describeVerdict(result);
  const tone = { good: paint.green, warn: paint.yellow, bad: paint.red }[verdict.tone];
  const speed = result.wallSeconds > 0 ? result.simulatedSeconds / result.wallSeconds : 0;
  const lines = [
    `${tone(paint.bold(verdict.headline))}  ${result.scenario.name}, seed ${result.seed}`,
    ...wrap(verdict.detail, WIDTH),
    '',
    ...expectationTable(result, paint, options.color),
    ...metricTable(result, options.color),
    ...callLines(result),
    ...voiceLines(result),
    ...rolloutLines(result),
    ...alertLines(result, paint),
    ...violationLines(result, paint),
    ...result.notes.flatMap((note) => wrap(`Note: ${note}`, WIDTH)),
    `${formatNumber(result.simulatedSeconds)} s simulated in ${formatNumber(result.wallSeconds)} s (${formatNumber(speed, 0)}x), trace ${result.traceHash}`,
    `Again: ${replayCommand(result)}`,
  ];
  return `${lines.join('\n').replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')}\n`;
}

type Paint = ReturnType<typeof picocolors.createColors>;

function table(head: string[], rows: string[][], color: boolean, widths: number[]): string[] {
  const grid = new Table({
    head,
    colWidths: widths,
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: color ? { head: ['bold'], border: ['gray'], compact: true } : { head: [], border: [], compact: true },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  grid.push(...rows.map((row) => row.map((cell) => cell.replaceAll('\u202f', ' ').replaceAll('\u00a0', ' '))));
  return [...grid.toString().split('\n'), ''];
}

function expectationTable(result: RunResult, paint: Paint, color: boolean): string[] {
  if (result.expectations.length === 0) return [];
  const rows = result.expectations.map((item) => [
    item.metric,
    item.expression,
    measuredText(item, result),
    item.pass ? paint.green('met') : item.level === 'warn' ? paint.yellow('warning') : paint.red('MISSED'),
  ]);
  return table(['expectation', 'expected', 'measured', ''], rows, color, [30, 22, 13, 9]);
}

function metricTable(result: RunResult, color: boolean): string[] {
  const rows = SUMMARY.flatMap((name) => {
    const metric = result.metrics[name];
    return metric === undefined ? [] : [[metricLabel(name), ...metricCells(metric)]];
  });
  return rows.length === 0
    ? []
    : table(['', 'count', 'p50', 'p95', 'p99', 'max'], rows, color, [24, 9, 10, 10, 10, 10]);
}

function metricCells(metric: Metric): string[] {
  if (metric.kind !== 'histogram') return [formatValue(metric.value, metric.unit), '', '', '', ''];
  if (metric.count === 0) return ['0', '-', '-', '-', '-'];
  const figures = [metric.med, metric.p95, metric.p99, metric.max];
  return [formatNumber(metric.count), ...figures.map((value) => formatValue(value, metric.unit))];
}

function callLines(result: RunResult): string[] {
  const lines = callSummary(result).flatMap((line) => wrap(line, WIDTH));
  return lines.length === 0 ? [] : [...lines, ''];
}

function voiceLines(result: RunResult): string[] {
  const lines = voiceSummary(result).flatMap((line) => wrap(line, WIDTH));
  return lines.length === 0 ? [] : [...lines, ''];
}

function rolloutLines(result: RunResult): string[] {
  const lines = rolloutSummary(result).flatMap((line) => wrap(line, WIDTH));
  return lines.length === 0 ? [] : [...lines, ''];
}

function alertLines(result: RunResult, paint: Paint): string[] {
  const headline = alertHeadline(result);
  if (headline === null) return [];
  const fired = firedAlerts(result);
  const rows = fired.slice(0, 10).flatMap((event) => {
    const subject = alertSubject(event);
    const text = `${event.alert}${subject === '' ? '' : ` (${subject})`} ${event.severity}: ${alertTimes(event)}`;
    const [first = '', ...rest] = wrap(text, WIDTH - 2);
    const tone = event.severity === 'critical' ? paint.red : paint.yellow;
    return [tone(`* ${first}`), ...rest.map((line) => `  ${line}`)];
  });
  const more = fired.length > 10 ? [`  and ${fired.length - 10} more in the result file`] : [];
  return [...wrap(headline, WIDTH), ...rows, ...more, ''];
}

function violationLines(result: RunResult, paint: Paint): string[] {
  if (result.violations.length === 0) return [];
  const shown = result.violations.slice(0, 10);
  const lines = shown.flatMap((item) => {
    const [first = '', ...rest] = wrap(`${formatClock(item.atS)} ${item.oracle}: ${item.message}`, WIDTH - 2);
    return [paint.red(`! ${first}`), ...rest.map((line) => `  ${line}`)];
  });
  const more = result.violations.length - shown.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more in the result file`] : []), ''];
}

/** Breaks text at spaces so that no line is longer than `width`; longer words are cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return line === '' ? lines : [...lines, line];
}
