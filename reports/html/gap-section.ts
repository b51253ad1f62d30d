import { formatClock, formatMs, formatNumber, plural } from '../format.js';
import { GAPS_OF_CONNECTIONS } from '../gap-words.js';
import type { Gap, RunResult } from '../result-schema.js';
import { type ChartSpec, figure, timeFrame } from './chart-spec.js';
import { escapeHtml } from './escape.js';
import type { Charts } from './time-charts.js';

const SHOWN = 15;

/** Audible gaps: when they were, and the ledger of the longest. */
export function gapSection(result: RunResult): Charts {
  const gaps = [...result.gaps].sort((a, b) => b.durationMs - a.durationMs || a.atS - b.atS);
  const longest = gaps[0];
  const metric = result.metrics.audible_gap_ms;
  const count = metric?.kind === 'histogram' ? metric.count : gaps.length;
  const spread =
    longest !== undefined &&
    longest.durationMs > 12 * (gaps.at(-1)?.durationMs ?? 0) &&
    (gaps.at(-1)?.durationMs ?? 0) > 0;
  const spec: ChartSpec = {
    ...timeFrame(result),
    id: 'chart-gaps',
    datasets: [
      { label: 'Audible gap', tone: 'bad', kind: 'points', points: gaps.map((gap) => [gap.atS, gap.durationMs]) },
    ],
    unit: 'ms',
    scale: spread ? 'log' : 'linear',
    lines: [],
  };
  const shown = gaps.length < count ? `, the ${formatNumber(gaps.length)} longest shown` : '';
  const summary =
    longest === undefined
      ? ''
      : `${plural(count, 'gap')}${shown}; the longest ${formatMs(longest.durationMs)} at ${formatClock(longest.atS)}: ${person(longest.listener)} did not hear ${person(longest.talker)}.`;
  const empty = longest === undefined ? 'No listener missed anybody: there was no audible gap.' : null;
  const html = figure(spec, { title: 'When listeners could not hear', summary, empty });
  const words =
    result.media === undefined ? '' : `<p class="summary">Counted here: ${escapeHtml(GAPS_OF_CONNECTIONS)}.</p>`;
  return { html: words + html + gapLedger(gaps), specs: empty === null ? [spec] : [] };
}

/** Users are known by their number. */
export function person(id: string): string {
  return /^\d+$/.test(id) ? `user ${id}` : id;
}

/** Gaps as tables: the first at once, the others on demand. */
export function gapLedger(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return '';
  const rest = gaps.slice(SHOWN);
  const more =
    rest.length === 0
      ? ''
      : `<details><summary>${escapeHtml(`${formatNumber(rest.length)} shorter ones`)}</summary>${table(rest)}</details>`;
  return `<h3>Ledger, longest first</h3>${table(gaps.slice(0, SHOWN))}${more}`;
}

function table(gaps: readonly Gap[]): string {
  const rows = gaps.map(
    (gap) =>
      `<tr><td class="number">${formatClock(gap.atS)}</td><td class="number">${escapeHtml(formatMs(gap.durationMs))}</td><td>${escapeHtml(gap.listener)}</td><td>${escapeHtml(gap.talker)}</td><td class="number">${gap.channelId}</td><td>${escapeHtml(gap.cause)}</td></tr>`,
  );
  const head =
    '<tr><th scope="col" class="number">at</th><th scope="col" class="number">lasted</th><th scope="col">listener</th><th scope="col">did not hear</th><th scope="col" class="number">channel</th><th scope="col">cause</th></tr>';
  return `<div class="scroll" tabindex="0" role="region" aria-label="Audible gaps"><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></div>`;
}
