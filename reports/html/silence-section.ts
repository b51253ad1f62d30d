import { formatClock, formatMs, formatNumber, formatValue, plural } from '../format.js';
import { GAPS_OF_VOICE } from '../gap-words.js';
import type { MediaResult, RunResult } from '../result-schema.js';
import { escapeHtml } from './escape.js';
import { gapLedger } from './gap-section.js';

/** What was said and not heard: by cause, and the longest. Then what came of links that became worse. */
export function silenceSection(result: RunResult, media: MediaResult): string {
  const words = `<p class="summary">Counted here: ${escapeHtml(GAPS_OF_VOICE)}.</p>`;
  return words + causes(result, media) + gapLedger(media.gaps) + impairments(media);
}

/** What a cause of the simulator means to the people. */
const MEANINGS: Readonly<Record<string, string>> = {
  outage: 'nothing came through for half a second or more',
  loss: 'too many packets in a row were lost',
  rebuffer: 'it came too late, or the jitter buffer had to wait anew',
  path: 'it came over a path that the listener did not play',
  migration: 'the channel was moving between peer to peer and SFU',
  asleep: 'one of the two devices slept or was off',
  gesture: "the listener's browser waited for a touch",
};

/** More rows than these are folded away. */
const OPEN_ROWS = 12;

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
      `<tr><td>${escapeHtml(cause)}</td><td>${escapeHtml(MEANINGS[cause] ?? '')}</td><td class="number">${formatNumber(times)}</td><td class="number">${escapeHtml(formatMs(totalMs))}</td><td class="number">${escapeHtml(formatMs(totalMs / times))}</td></tr>`,
  );
  return `<p class="summary">${escapeHtml(`${plural(count, 'gap')} of ${limit} or longer${share}.`)}</p>${table('Gaps by cause', ['cause', 'what it means', '#gaps', '#in all', '#on average'], rows)}`;
}

function impairments({ impairments: all }: MediaResult): string {
  if (all.length === 0) return '';
  const ms = (value: number | null) => (value === null ? '–' : escapeHtml(formatMs(value)));
  const rows = all.map(
    (each) =>
      `<tr><td class="name">${escapeHtml(each.host)}</td><td>${escapeHtml(each.kind)}</td><td class="number">${formatClock(each.fromS)}</td><td class="number">${lasted(each)}</td><td class="number">${ms(each.adaptationMs)}</td><td class="number">${ms(each.recoveryMs)}</td><td class="number">${ms(each.layerRecoveryMs)}</td></tr>`,
  );
  const heads = ['link of', 'worse in', '#at', '#for', '#adapted in', '#heard again in', '#layers back in'];
  const title = 'Links that became worse';
  const words =
    'Adapted: what is sent fits the link again. Heard again, layers back: counted from when the link was as before. A dash: nobody spoke, or there was nothing to do.';
  const body = `<p class="summary">${words}</p>${table(title, heads, rows)}`;
  return rows.length > OPEN_ROWS
    ? `<details><summary>${title}: ${plural(rows.length, 'time')}</summary>${body}</details>`
    : `<h3>${title}</h3>${body}`;
}

function lasted({ fromS, untilS }: MediaResult['impairments'][number]): string {
  return untilS === null ? 'to the end' : escapeHtml(formatMs((untilS - fromS) * 1e3));
}

/** A head that begins with # is that of a column of numbers. */
function table(label: string, heads: readonly string[], rows: readonly string[]): string {
  const cells = heads.map((head) =>
    head.startsWith('#') ? `<th scope="col" class="number">${head.slice(1)}</th>` : `<th scope="col">${head}</th>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${cells.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
