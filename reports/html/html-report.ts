import { createHash } from 'node:crypto';
import type { RunResult } from '../result-schema.js';
import { describeVerdict } from '../verdict.js';
import { alertSection } from './alert-section.js';
import { ALERT_STYLE } from './alert-style.js';
import { CHART_SCRIPT } from './chart-script.js';
import type { ChartSpec } from './chart-spec.js';
import { faultTable, metricTable, settings } from './detail-section.js';
import { escapeHtml } from './escape.js';
import { expectationSection } from './expectation-section.js';
import { gapSection } from './gap-section.js';
import { mediaSections } from './media-sections.js';
import { MEDIA_STYLE } from './media-style.js';
import { rolloutSection } from './rollout-section.js';
import { STYLE } from './style.js';
import { latencyCharts, migrationChart, modeCharts } from './time-charts.js';
import { vendorScripts } from './vendor.js';
import { verdictSection } from './verdict-section.js';
import { violationSection } from './violation-section.js';

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 8h2l2-5 2 10 1-5m5 0h2' fill='none' stroke='%23888' stroke-width='1.6'/%3E%3C/svg%3E";

/**
 * The page: one HTML file without any request, under a policy that forbids them. The same bytes for the same result of the same seed:
 * wall time is not in it.
 */
export function renderHtml(result: RunResult): string {
  const migrations = migrationChart(result);
  const latency = latencyCharts(result);
  const modes = modeCharts(result);
  const gaps = gapSection(result);
  const media = result.media === undefined ? { sections: [], specs: [] } : mediaSections(result, result.media);
  const style = [
    STYLE,
    ...(result.media === undefined ? [] : [MEDIA_STYLE]),
    ...(result.alerts === undefined ? [] : [ALERT_STYLE]),
  ].join('');
  const specs = [...media.specs, ...migrations.specs, ...latency.specs, ...modes.specs, ...gaps.specs];
  const scripts = [...(specs.length === 0 ? [] : vendorScripts()), CHART_SCRIPT];
  const policy = contentSecurityPolicy(scripts, style);
  const title = `${result.scenario.name}: ${describeVerdict(result).headline}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · deadair</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<main>
${verdictSection(result)}
${section('expectations', 'Expectations', expectationSection(result))}
${section('violations', 'Violations', violationSection(result))}
${result.rollout === undefined ? '' : `${section('rollout', 'Rollout', rolloutSection(result, result.rollout))}\n`}${result.alerts === undefined ? '' : `${section('alerts', 'Alerts', alertSection(result, result.alerts))}\n`}${media.sections.map(({ id, title: heading, html }) => section(id, heading, html)).join('\n')}
${section('migrations', 'Migrations over time', migrations.html)}
${section('latency', 'Join and migration latency', latency.html)}
${section('modes', 'Channels and participants', modes.html)}
${section('gaps', 'Audible gaps', gaps.html)}
${section('faults', 'Faults', faultTable(result))}
${result.notes.length === 0 ? '' : section('notes', 'Notes', `<ul>${result.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`)}
${section('details', 'Details', `<details><summary>All metrics</summary>${metricTable(result)}</details><details><summary>The scenario as it was run</summary>${settings(result)}</details>`)}
</main>
<footer>deadair ${escapeHtml(result.deadairVersion)} · result schema ${result.schemaVersion} · deterministic: the same seed gives this same page, byte for byte</footer>
<script type="application/json" id="charts">${safeJson(specs)}</script>
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

function section(id: string, title: string, body: string): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}

function contentSecurityPolicy(scripts: readonly string[], style: string): string {
  const allowed = scripts.map((script) => `'sha256-${sha256(script)}'`).join(' ');
  return [
    "default-src 'none'",
    `script-src ${allowed}`,
    `style-src 'sha256-${sha256(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function safeJson(value: readonly ChartSpec[]): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
