import { callFigures } from '../call-summary.js';
import type { RunResult } from '../result-schema.js';
import { describeVerdict } from '../verdict.js';
import { alertSection } from './alert-section.js';
import { ALERT_STYLE } from './alert-style.js';
import { callSection } from './call-section.js';
import { CHART_SCRIPT } from './chart-script.js';
import { faultTable, metricTable, settings } from './detail-section.js';
import { escapeHtml } from './escape.js';
import { expectationSection } from './expectation-section.js';
import { gapSection } from './gap-section.js';
import { mediaSections } from './media-sections.js';
import { MEDIA_STYLE } from './media-style.js';
import { renderPage, section } from './page.js';
import { rolloutSection } from './rollout-section.js';
import { STYLE } from './style.js';
import { latencyCharts, migrationChart, modeCharts } from './time-charts.js';
import { vendorScripts } from './vendor.js';
import { verdictSection } from './verdict-section.js';
import { violationSection } from './violation-section.js';

/**
 * The page: one HTML file without any request, under a policy that forbids them. The same bytes for the same result of the same seed:
 * wall time is not in it.
 */
export function renderHtml(result: RunResult): string {
  const migrations = migrationChart(result);
  const latency = latencyCharts(result);
  const modes = modeCharts(result);
  const gaps = gapSection(result);
  const calls = callFigures(result);
  const media = result.media === undefined ? { sections: [], specs: [] } : mediaSections(result, result.media);
  const style = [
    STYLE,
    ...(result.media === undefined ? [] : [MEDIA_STYLE]),
    ...(result.alerts === undefined ? [] : [ALERT_STYLE]),
  ].join('');
  const specs = [...media.specs, ...migrations.specs, ...latency.specs, ...modes.specs, ...gaps.specs];
  const scripts = [...(specs.length === 0 ? [] : vendorScripts()), CHART_SCRIPT];
  return renderPage({
    title: `${result.scenario.name}: ${describeVerdict(result).headline}`,
    style,
    body: `${verdictSection(result)}
${section('expectations', 'Expectations', expectationSection(result))}
${section('violations', 'Violations', violationSection(result))}
${[
  ...(calls.length === 0 ? [] : [section('calls', 'Calls', callSection(calls))]),
  ...(result.rollout === undefined ? [] : [section('rollout', 'Rollout', rolloutSection(result, result.rollout))]),
  ...(result.alerts === undefined ? [] : [section('alerts', 'Alerts', alertSection(result, result.alerts))]),
  ...media.sections.map(({ id, title: heading, html }) => section(id, heading, html)),
].join('\n')}
${section('migrations', 'Migrations over time', migrations.html)}
${section('latency', 'Join and migration latency', latency.html)}
${section('modes', 'Channels and participants', modes.html)}
${section('gaps', 'Audible gaps', gaps.html)}
${section('faults', 'Faults', faultTable(result))}
${result.notes.length === 0 ? '' : section('notes', 'Notes', `<ul>${result.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`)}
${section('details', 'Details', `<details><summary>All metrics</summary>${metricTable(result)}</details><details><summary>The scenario as it was run</summary>${settings(result)}</details>`)}`,
    footer: `deadair ${escapeHtml(result.deadairVersion)} · result schema ${result.schemaVersion} · deterministic: the same seed gives this same page, byte for byte`,
    charts: specs,
    scripts,
  });
}
