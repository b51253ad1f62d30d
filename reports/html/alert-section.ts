import { alertHeadline, alertSubject, alertTimes } from '../alert-summary.js';
import { formatClock, formatNumber } from '../format.js';
import type { AlertEvent, AlertsResult, RunResult } from '../result-schema.js';
import { escapeHtml } from './escape.js';

const HEAD_WIDTH = 210;
const WIDTH = 1000;
const ROW = 22;
/** Alerts that have a bar of their own; further ones are in the result file. */
const BARS = 30;

/** Which alerts were pending and fired, over time, and all rules. */
export function alertSection(result: RunResult, alerts: AlertsResult): string {
  const shown = alerts.timeline.slice(0, BARS);
  const more = alerts.timeline.length - shown.length;
  return [
    `<p class="summary">${escapeHtml(alertHeadline(result) ?? '')}</p>`,
    shown.length === 0 ? '' : picture(shown, result),
    more > 0 ? `<p>${formatNumber(more)} further ones are in the result file.</p>` : '',
    shown.length === 0 ? '' : eventTable(shown),
    `<details><summary>Rules</summary>${ruleTable(alerts)}</details>`,
  ].join('');
}

function picture(events: readonly AlertEvent[], { simulatedSeconds, faults }: RunResult): string {
  const at = (s: number) =>
    (HEAD_WIDTH + ((WIDTH - HEAD_WIDTH) * Math.min(s, simulatedSeconds)) / simulatedSeconds).toFixed(1);
  const width = (from: number, to: number) => Math.max(1.5, Number(at(to)) - Number(at(from))).toFixed(1);
  const height = events.length * ROW + 20;
  const bands = faults.map(
    ({ kind, fromS, toS }) =>
      `<rect class="alert-fault" x="${at(fromS)}" y="0" width="${width(fromS, toS)}" height="${height - 18}"><title>${escapeHtml(kind)}</title></rect>`,
  );
  const bars = events.map((event, row) => {
    const y = row * ROW;
    const end = event.resolvedAtS ?? simulatedSeconds;
    const firing = event.firingAtS;
    const pending = `<rect class="alert-pending" x="${at(event.pendingAtS)}" y="${y + 5}" width="${width(event.pendingAtS, firing ?? end)}" height="11"/>`;
    const tone = event.severity === 'critical' ? 'alert-critical' : 'alert-warning';
    const fire =
      firing === null
        ? ''
        : `<rect class="${tone}" x="${at(firing)}" y="${y + 3}" width="${width(firing, end)}" height="15"/>`;
    const subject = alertSubject(event);
    const name = `${event.alert}${subject === '' ? '' : ` ${subject}`}`;
    const cut = name.length > 34 ? `${name.slice(0, 33)}…` : name;
    return `<g><title>${escapeHtml(`${name}: ${alertTimes(event)}`)}</title><text class="alert-name" x="0" y="${y + 15}">${escapeHtml(cut)}</text>${pending}${fire}</g>`;
  });
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const s = simulatedSeconds * share;
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    return `<text class="alert-time" x="${at(s)}" y="${height - 4}" text-anchor="${anchor}">${formatClock(s)}</text>`;
  });
  const label = events.map((event) => `${event.alert} ${alertSubject(event)}: ${alertTimes(event)}`).join('; ');
  return `<figure class="chart alerts"><ul class="legend"><li class="alert-pending">pending</li><li class="alert-warning">firing, warning</li><li class="alert-critical">firing, critical</li></ul><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(label)}">${bands.join('')}${bars.join('')}${marks.join('')}</svg></figure>`;
}

function eventTable(events: readonly AlertEvent[]): string {
  const clock = (s: number | null, never: string) => (s === null ? never : formatClock(s));
  const rows = events.map((event) => {
    const tone = event.firingAtS === null ? '' : event.severity === 'critical' ? 'bad' : 'warn';
    const word = event.firingAtS === null ? 'pending only' : event.severity;
    const cells = [event.alert, alertSubject(event)].map((text) => `<td>${escapeHtml(text)}</td>`).join('');
    const times = [
      formatClock(event.pendingAtS),
      clock(event.firingAtS, '–'),
      clock(event.resolvedAtS, 'not by the end'),
    ].map((text) => `<td class="number">${text}</td>`);
    return `<tr class="${tone}">${cells}<td><span class="outcome ${tone}">${escapeHtml(word)}</span></td>${times.join('')}<td>${escapeHtml(event.summary)}</td></tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="Alerts"><table><thead><tr><th scope="col">alert</th><th scope="col">about</th><th scope="col">severity</th><th scope="col" class="number">pending</th><th scope="col" class="number">firing</th><th scope="col" class="number">resolved</th><th scope="col">summary</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function ruleTable({ rules }: AlertsResult): string {
  const rows = rules.map(
    ({ alert, group, expr, forS, fired, error, blind }) =>
      `<tr><td>${escapeHtml(alert)}</td><td>${escapeHtml(group)}</td><td><code>${escapeHtml(expr)}</code>${[error, blind].map((text) => (text === undefined ? '' : `<br>${escapeHtml(text)}`)).join('')}</td><td class="number">${formatNumber(forS)} s</td><td class="number">${fired}</td></tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="Rules"><table><thead><tr><th scope="col">alert</th><th scope="col">group</th><th scope="col">expression</th><th scope="col" class="number">for</th><th scope="col" class="number">fired</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
