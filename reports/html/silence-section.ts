import { formatClock, formatMs, formatNumber, formatValue, plural } from '../format.js';
import type { MediaResult, RunResult } from '../result-schema.js';
import { escapeHtml } from './escape.js';
import { gapLedger } from './gap-section.js';

/** What was said and not heard: by cause, and the longest. Then what came of links that became worse. */
export function silenceSection(result: RunResult, media: MediaResult): string {
  return causes(result, media) + gapLedger(media.gaps) + impairments(media);
}

function causes(result: RunResult, media: MediaResult): string {
  const limit = formatMs(media.audibleGapMs);
  if (media.gapCauses.length === 0)
    return `<p class="empty">Nothing that was said stayed unheard for ${escapeHtml(limit)} or longer.</p>`;
  const dropout = result.metrics.voice_dropout_rate;
  const share =
    dropout !== undefined && dropout.kind !== 'histogram' && dropout.value !== null
      ? `: ${formatValue(dropout.value, 'share')} of the time spoken`
      : '';
  const count = media.gapCauses.reduce((sum, each) => sum + each.count, 0);
  const rows = media.gapCauses.map(
    ({ cause, count: times, totalMs }) =>
      `<tr><td>${escapeHtml(cause)}</td><td class="number">${formatNumber(times)}</td><td class="number">${escapeHtml(formatMs(totalMs))}</td><td class="number">${escapeHtml(formatMs(totalMs / times))}</td></tr>`,
  );
  return `<p class="summary">${escapeHtml(`${plural(count, 'gap')} of ${limit} or longer${share}.`)}</p>${table('Gaps by cause', ['cause', '#gaps', '#in all', '#on average'], rows)}`;
}

function impairments({ impairments: all }: MediaResult): string {
  if (all.length === 0) return '';
  const ms = (value: number | null) => (value === null ? '–' : escapeHtml(formatMs(value)));
  const rows = all.map(
    (each) =>
      `<tr><td>${escapeHtml(each.host)}</td><td>${escapeHtml(each.kind)}</td><td class="number">${formatClock(each.fromS)}</td><td class="number">${each.untilS === null ? 'end' : formatClock(each.untilS)}</td><td class="number">${ms(each.adaptationMs)}</td><td class="number">${ms(each.recoveryMs)}</td><td class="number">${ms(each.layerRecoveryMs)}</td></tr>`,
  );
  const heads = ['link of', 'worse in', '#from', '#until', '#adapted in', '#heard again in', '#layers back in'];
  return `<h3>Links that became worse</h3>${table('Links that became worse', heads, rows)}`;
}

/** A head that begins with # is that of a column of numbers. */
function table(label: string, heads: readonly string[], rows: readonly string[]): string {
  const cells = heads.map((head) =>
    head.startsWith('#') ? `<th scope="col" class="number">${head.slice(1)}</th>` : `<th scope="col">${head}</th>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${cells.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
