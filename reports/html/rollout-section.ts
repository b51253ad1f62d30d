import { formatClock, formatNumber, formatValue } from '../format.js';
import type { RolloutResult, RunResult } from '../result-schema.js';
import { decisionText, rolloutSummary } from '../rollout-summary.js';
import { escapeHtml } from './escape.js';

/** The decisions of a rollout, each with what it was based on, and the plan. */
export function rolloutSection(result: RunResult, rollout: RolloutResult): string {
  const summary = rolloutSummary(result).slice(1);
  return [
    ...summary.map((line) => `<p class="summary">${escapeHtml(line)}</p>`),
    decisionTable(rollout),
    `<details><summary>Stages</summary>${stageTable(rollout)}</details>`,
  ].join('');
}

const FIGURES: readonly (readonly [name: string, unit: string, title: string])[] = [
  ['migrations', '1', 'migrations'],
  ['failures', 'share', 'failed'],
  ['dropouts', 'share', 'dropouts'],
  ['score', '1', 'MOS'],
  ['latencyP95Ms', 'ms', 'p95 latency'],
  ['errors', 'share', 'errors'],
];

function decisionTable(rollout: RolloutResult): string {
  const rows = rollout.decisions.map((decision) => {
    const tone = { 'rolled-back': 'bad', complete: 'good', running: '', waiting: '' }[decision.status];
    const text = escapeHtml(decisionText(rollout, decision));
    const cells = FIGURES.map(([name, unit]) => {
      const value = decision.figures[name];
      return `<td class="number">${value == null ? '–' : escapeHtml(formatValue(value, unit))}</td>`;
    });
    return `<tr class="${tone}"><td class="number">${formatClock(decision.atS)}</td><td>${tone === '' ? text : `<span class="outcome ${tone}">${text}</span>`}</td>${cells.join('')}</tr>`;
  });
  const heads = FIGURES.map(([, , title]) => `<th scope="col" class="number">${title}</th>`).join('');
  return `<div class="scroll" tabindex="0" role="region" aria-label="Decisions"><table><thead><tr><th scope="col" class="number">at</th><th scope="col">from then on</th>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div><p class="empty">Figures are those of the stage that was left; a dash: nobody has measured it.</p>`;
}

function stageTable({ stages }: RolloutResult): string {
  const rows = stages.map(
    ({ name, share, minS, minMigrations, successAbove, confidence }) =>
      `<tr><td>${escapeHtml(name)}</td><td class="number">${escapeHtml(formatValue(share, 'share'))}</td><td class="number">${formatNumber(minS)} s</td><td class="number">${minMigrations}</td><td class="number">${escapeHtml(formatValue(successAbove, 'share'))}${confidence === undefined ? '' : ` (${escapeHtml(formatValue(confidence, 'share'))} sure)`}</td></tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="Stages"><table><thead><tr><th scope="col">stage</th><th scope="col" class="number">share of users</th><th scope="col" class="number">lasts at least</th><th scope="col" class="number">migrations at least</th><th scope="col" class="number">success above</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
