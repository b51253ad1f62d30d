import { alertHeadline, alertSubject, alertTimes, firedAlerts } from './alert-summary.js';
import { callSummary } from './call-summary.js';
import { formatClock, formatValue, metricLabel } from './format.js';
import { measuredText } from './measured-text.js';
import type { Metric, RunResult } from './result-schema.js';
import { rolloutSummary } from './rollout-summary.js';
import { describeVerdict, replayCommand } from './verdict.js';
import { voiceSummary } from './voice-summary.js';

/** A summary in GitHub Markdown, for the step summary of a CI job. */
export function renderMarkdown(result: RunResult): string {
  const verdict = describeVerdict(result);
  const sign = { good: '✅', warn: '⚠️', bad: '❌' }[verdict.tone];
  return [
    `## ${sign} deadair: ${escapeMarkdown(result.scenario.name)}: ${verdict.headline}`,
    '',
    `${escapeMarkdown(result.scenario.description)}`,
    '',
    escapeMarkdown(verdict.detail),
    '',
    '```sh',
    replayCommand(result),
    '```',
    '',
    ...expectationRows(result),
    ...callLines(result),
    ...voiceLines(result),
    ...rolloutRows(result),
    ...alertRows(result),
    ...violationRows(result),
    ...metricRows(result),
    ...(result.notes.length === 0
      ? []
      : ['### Notes', '', ...result.notes.map((note) => `- ${escapeMarkdown(note)}`), '']),
    `Seed ${result.seed}, trace \`${result.traceHash}\`, scenario \`${result.scenario.hash}\`, deadair ${result.deadairVersion}.`,
    '',
  ].join('\n');
}

function expectationRows(result: RunResult): string[] {
  if (result.expectations.length === 0) return [];
  const rows = result.expectations.map((item) => {
    const sign = item.pass ? '✅ met' : item.level === 'warn' ? '⚠️ warning' : '❌ missed';
    return `| ${escapeMarkdown(item.metric)} | \`${item.expression.replaceAll('|', '\\|')}\` | ${measuredText(item, result)} | ${sign} |`;
  });
  return ['### Expectations', '', '| metric | expected | measured | |', '|---|---|---:|---|', ...rows, ''];
}

function callLines(result: RunResult): string[] {
  const lines = callSummary(result);
  return lines.length === 0 ? [] : ['### Calls', '', ...lines.map((line) => `- ${escapeMarkdown(line)}`), ''];
}

function voiceLines(result: RunResult): string[] {
  const lines = voiceSummary(result);
  return lines.length === 0 ? [] : ['### Voice', '', ...lines.map((line) => `- ${escapeMarkdown(line)}`), ''];
}

function rolloutRows(result: RunResult): string[] {
  const lines = rolloutSummary(result);
  return lines.length === 0 ? [] : ['### Rollout', '', ...lines.map((line) => `- ${escapeMarkdown(line)}`), ''];
}

function alertRows(result: RunResult): string[] {
  const headline = alertHeadline(result);
  if (headline === null) return [];
  const shown = firedAlerts(result).slice(0, 20);
  const rows = shown.map((event) => {
    const cells = [event.alert, event.severity, alertSubject(event), alertTimes(event), event.summary];
    return `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  });
  const table =
    rows.length === 0 ? [] : ['| alert | severity | about | when | |', '|---|---|---|---|---|', ...rows, ''];
  return ['### Alerts', '', escapeMarkdown(headline), '', ...table];
}

function violationRows(result: RunResult): string[] {
  if (result.violations.length === 0) return [];
  const shown = result.violations.slice(0, 20);
  const rows = shown.map(
    (item) => `| ${formatClock(item.atS)} | ${escapeMarkdown(item.oracle)} | ${escapeMarkdown(item.message)} |`,
  );
  const more =
    result.violations.length > shown.length
      ? [`${result.violations.length - shown.length} more in the result file.`, '']
      : [];
  return ['### Violations', '', '| at | oracle | what |', '|---:|---|---|', ...rows, '', ...more];
}

function metricRows(result: RunResult): string[] {
  const rows = Object.entries(result.metrics).map(
    ([name, metric]) => `| ${metricLabel(name)} | ${metricText(metric)} |`,
  );
  return ['<details><summary>Metrics</summary>', '', '| metric | value |', '|---|---|', ...rows, '', '</details>', ''];
}

function metricText(metric: Metric): string {
  if (metric.kind !== 'histogram') return formatValue(metric.value, metric.unit);
  if (metric.count === 0) return 'no samples';
  const value = (number: number | null) => formatValue(number, metric.unit);
  return `p50 ${value(metric.med)}, p95 ${value(metric.p95)}, p99 ${value(metric.p99)}, max ${value(metric.max)} (${metric.count})`;
}

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
}
