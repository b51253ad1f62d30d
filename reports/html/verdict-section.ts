import { formatNumber, formatValue, metricLabel } from '../format.js';
import type { RunResult } from '../result-schema.js';
import { describeVerdict, replayCommand } from '../verdict.js';
import { escapeHtml } from './escape.js';

/** Paths of the sign beside a headline. */
export const SIGNS = {
  good: '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
  warn: '<path d="M12 6v8"/><path d="M12 18v.01"/>',
  bad: '<path d="M7 7l10 10"/><path d="M17 7L7 17"/>',
} as const;

/** The first line of every page. */
export const BRAND =
  '<p class="brand"><svg viewBox="0 0 64 16" aria-hidden="true"><path d="M1 8h6l3-6 4 12 4-9 2 3h5"/><path class="dead" d="M27 8h12"/><path d="M41 8h4l3-5 4 11 4-9 2 3h5"/></svg>deadair</p>';

type Field = 'avg' | 'p95' | 'max' | 'value';

/** Figures beside the verdict: metric, field of a histogram, what to call it. */
const FIGURES: readonly (readonly [metric: string, field: Field, label: string])[] = [
  ['join_latency_ms', 'p95', 'join latency, p95'],
  ['migration_duration_ms', 'p95', 'migration, p95'],
  ['migrations_completed', 'value', 'migrations completed'],
  ['audible_gap_ms', 'max', 'longest audible gap'],
  ['error_rate', 'value', 'errors'],
];

/** The same of results in which people call each other. */
const CALL_FIGURES: typeof FIGURES = [
  ['call_success_rate', 'value', 'calls answered'],
  ['call_connection_rate', 'value', 'calls connected'],
  ['call_answer_ms', 'p95', 'time to answer, p95'],
];

/** The same of results with voice. */
const VOICE_FIGURES: typeof FIGURES = [
  ['mos', 'avg', 'MOS, average'],
  ['media_latency_ms', 'p95', 'media latency, p95'],
  ['voice_dropout_rate', 'value', 'of speech unheard'],
  ['voice_gap_max_ms', 'value', 'longest silence'],
];

/** The top of the page: verdict, what it rests on, how to make it again, and the main figures. */
export function verdictSection(result: RunResult): string {
  const verdict = describeVerdict(result);
  const facts: [string, string][] = [
    ['seed', String(result.seed)],
    ['trace', result.traceHash],
    ['scenario', result.scenario.hash],
    ['clients', formatNumber(result.clients)],
    ['simulated', `${formatNumber(result.simulatedSeconds)}\u00a0s`],
    ['events', formatNumber(result.events)],
  ];
  const sign = `<svg class="sign" viewBox="0 0 24 24" aria-hidden="true">${SIGNS[verdict.tone]}</svg>`;
  return `<header class="verdict ${verdict.tone}">
${BRAND}
<p class="scenario">${escapeHtml(result.scenario.name)}</p>
<p class="description">${escapeHtml(result.scenario.description)}</p>
<h1>${sign}<span>${escapeHtml(verdict.headline)}</span></h1>
<p class="detail">${escapeHtml(verdict.detail)}</p>
<dl class="facts">${facts.map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>
<p class="replay"><span>Again</span><code>${escapeHtml(replayCommand(result))}</code></p>
</header>
<dl class="figures">${[...FIGURES, ...(called(result) ? CALL_FIGURES : []), ...(result.media === undefined ? [] : VOICE_FIGURES)].map(([name, field, label]) => figureItem(result, name, field, label)).join('')}</dl>`;
}

function called({ metrics: { calls_offered: offered } }: RunResult): boolean {
  return offered !== undefined && offered.kind !== 'histogram' && (offered.value ?? 0) > 0;
}

function figureItem(result: RunResult, name: string, field: Field, label: string): string {
  const metric = result.metrics[name];
  const value =
    metric === undefined
      ? null
      : metric.kind === 'histogram'
        ? field === 'value'
          ? metric.count
          : metric[field]
        : metric.value;
  const text = value === null ? '\u2013' : formatValue(value, metric?.unit ?? '');
  return `<div title="${escapeHtml(metricLabel(name))}"><dd>${escapeHtml(text)}</dd><dt>${escapeHtml(label)}</dt></div>`;
}
