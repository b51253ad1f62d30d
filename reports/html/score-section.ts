import { formatNumber, formatValue } from '../format.js';
import type { MediaResult, RunResult } from '../result-schema.js';
import { type ChartSpec, figure, timeFrame } from './chart-spec.js';
import { escapeHtml } from './escape.js';
import { person } from './gap-section.js';
import type { Charts } from './time-charts.js';

/** What users make of a score (ITU-T G.107, annex B, and G.109). */
const SATISFACTION: readonly (readonly [from: number, words: string])[] = [
  [4.34, 'very satisfied'],
  [4.03, 'satisfied'],
  [3.6, 'some dissatisfied'],
  [3.1, 'many dissatisfied'],
  [2.58, 'nearly all dissatisfied'],
];

/** How well people understood each other: scores over time, their distribution, the worst listeners, and how the score was computed. */
export function scoreSection(result: RunResult, media: MediaResult): Charts {
  const mos = result.metrics.mos;
  const score = mos?.kind === 'histogram' && mos.count > 0 ? mos : null;
  const spec: ChartSpec = {
    ...timeFrame(result),
    id: 'chart-mos',
    datasets: [
      {
        label: 'Median',
        tone: 'neutral',
        kind: 'line',
        points: media.mosOverTime.map(([atS, , middle]) => [atS, middle]),
      },
      { label: 'Worst 5 %', tone: 'bad', kind: 'line', points: media.mosOverTime.map(([atS, low]) => [atS, low]) },
    ],
    unit: 'score',
    scale: 'linear',
    range: [1, 4.5],
    lines: [],
  };
  const empty = score === null ? 'Nobody spoke, so there is nothing to judge.' : null;
  const worst = media.listeners[0];
  const summary =
    score === null
      ? ''
      : `Average ${formatNumber(score.avg ?? 0)}, ${satisfaction(score.avg ?? 0)}; median ${formatNumber(score.med ?? 0)}${
          worst === undefined ? '' : `; worst listener: ${person(worst.userId)} with ${formatNumber(worst.mos)}`
        }.`;
  const html = figure(spec, { title: 'Mean opinion score', summary, empty });
  return {
    html: `${html}${score === null ? '' : distribution(media)}${listeners(media)}${model(media)}`,
    specs: empty === null ? [spec] : [],
  };
}

function satisfaction(mos: number): string {
  return SATISFACTION.find(([from]) => mos >= from)?.[1] ?? 'not recommended';
}

function distribution({ mosDistribution: { step, bars } }: MediaResult): string {
  const highest = Math.max(...bars.map(([, share]) => share));
  const rows = [...bars].reverse().map(([from, share]) => {
    const to = Math.min(4.5, from + step);
    const range = from >= 4.5 ? '4.5' : `${from.toFixed(2)} to ${to.toFixed(2)}`;
    const bar = `<svg class="gauge" width="100%" height="12" aria-hidden="true"><rect width="${((share / highest) * 100).toFixed(2)}%" height="12"/></svg>`;
    return `<tr><td class="number">${range}</td><td class="number">${escapeHtml(formatValue(share, 'share'))}</td><td class="bar">${bar}</td><td>${satisfaction(Math.min(to, 4.5) - step / 2)}</td></tr>`;
  });
  return `<h3>Distribution, by frames spoken</h3><div class="scroll" tabindex="0" role="region" aria-label="Distribution of opinion scores"><table class="distribution"><thead><tr><th scope="col" class="number">MOS</th><th scope="col" class="number">share</th><th scope="col"></th><th scope="col">users are</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function listeners(media: MediaResult): string {
  if (media.listeners.length === 0) return '';
  const rows = media.listeners.map(
    ({ userId, mos, dropoutShare, lostShare, spokenS }) =>
      `<tr><td>${escapeHtml(person(userId))}</td><td class="number">${formatNumber(mos)}</td><td class="number">${escapeHtml(formatValue(dropoutShare, 'share'))}</td><td class="number">${escapeHtml(formatValue(lostShare, 'share'))}</td><td class="number">${escapeHtml(formatValue(spokenS, 's'))}</td></tr>`,
  );
  const heads = ['MOS', 'not heard', 'frames lost', 'spoken to them'].map(
    (head) => `<th scope="col" class="number">${head}</th>`,
  );
  return `<details><summary>Who heard worst</summary><div class="scroll" tabindex="0" role="region" aria-label="Who heard worst"><table><thead><tr><th scope="col">listener</th>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></details>`;
}

function model({ model: { formula, rows }, fidelity }: MediaResult): string {
  const text = rows.map(
    ({ layer, codec, scale, ie, bpl }) => `layer ${layer}: ${codec} (${scale}, Ie ${ie}, Bpl ${bpl})`,
  );
  return `<p class="summary formula">${escapeHtml(`${formula}. G.113 has no row for Opus; in its place ${text.join('; ')}. Simulated ${fidelity === 'packet' ? 'packet by packet' : 'as flows'}.`)}</p>`;
}
