import { formatClock, formatNumber, formatValue, metricLabel } from '../format.js';
import type { Metric, RunResult } from '../result-schema.js';
import { escapeHtml } from './escape.js';

/** Faults of the run, as a table. */
export function faultTable(result: RunResult): string {
  if (result.faults.length === 0)
    return '<p class="empty">Nothing went wrong on purpose: the scenario has no faults.</p>';
  const rows = result.faults.map(
    (fault) =>
      `<tr><td>${escapeHtml(fault.kind)}</td><td>${escapeHtml(fault.target)}</td><td class="number">${formatClock(fault.fromS)}</td><td class="number">${formatClock(fault.toS)}</td></tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="Faults"><table><thead><tr><th scope="col">fault</th><th scope="col">target</th><th scope="col" class="number">from</th><th scope="col" class="number">to</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** Every metric of the run. */
export function metricTable(result: RunResult): string {
  const rows = Object.entries(result.metrics).map(
    ([name, metric]) => `<tr><td>${escapeHtml(metricLabel(name))}</td>${cells(metric)}</tr>`,
  );
  const heads = ['count or value', 'p50', 'p95', 'p99', 'max'].map(
    (head) => `<th scope="col" class="number">${head}</th>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="All metrics"><table><thead><tr><th scope="col">metric</th>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function cells(metric: Metric): string {
  const texts =
    metric.kind === 'histogram'
      ? [
          formatNumber(metric.count),
          ...[metric.med, metric.p95, metric.p99, metric.max].map((value) =>
            value === null ? '–' : formatValue(value, metric.unit),
          ),
        ]
      : [formatValue(metric.value, metric.unit), '', '', '', ''];
  return texts.map((text) => `<td class="number">${escapeHtml(text)}</td>`).join('');
}

/** The whole scenario as it was run, without the text of capacity traces. */
export function settings(result: RunResult): string {
  const text = JSON.stringify(result.scenario.options, shorten, 2);
  return `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`;
}

function shorten(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > 400
    ? `${value.slice(0, 40)}... (${value.length} characters)`
    : value;
}
