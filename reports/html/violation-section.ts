import { formatClock, formatNumber } from '../format.js';
import type { RunResult, Violation } from '../result-schema.js';
import { escapeHtml } from './escape.js';
import { sequenceDiagram } from './sequence-diagram.js';

/** Diagrams that one page shows; further violations are listed. */
const DIAGRAMS = 10;
const LISTED = 200;

/** What the oracles objected to, each with the last events that led to it. */
export function violationSection(result: RunResult): string {
  if (result.violations.length === 0) {
    const names = result.oracles ?? [];
    const list = names.length === 0 ? '' : ` Judged: ${names.map((name) => escapeHtml(name)).join(', ')}.`;
    return `<p class="empty">No oracle objected.${list}</p>`;
  }
  const rest = result.violations.slice(DIAGRAMS, LISTED);
  const hidden = result.violations.length - DIAGRAMS - rest.length;
  const list =
    rest.length === 0
      ? ''
      : `<details><summary>${formatNumber(rest.length)} more</summary><ul>${rest.map((item) => `<li>${formatClock(item.atS)} <b>${escapeHtml(item.oracle)}</b> ${escapeHtml(item.message)}</li>`).join('')}</ul>${hidden > 0 ? `<p>${formatNumber(hidden)} further ones are in the result file.</p>` : ''}</details>`;
  return result.violations.slice(0, DIAGRAMS).map(violationArticle).join('') + list;
}

function violationArticle(violation: Violation, index: number): string {
  const subjects = violation.subjects.map((subject) => `<li>${escapeHtml(subject)}</li>`).join('');
  const drawn = sequenceDiagram(violation, index);
  const diagram = index === 0 ? drawn : `<details><summary>The last events before it</summary>${drawn}</details>`;
  return `<article class="violation"><h3><span class="outcome bad">${violation.kind}</span> ${escapeHtml(violation.oracle)} <span class="at">at ${formatClock(violation.atS)}</span></h3><p>${escapeHtml(violation.message)}</p>${subjects === '' ? '' : `<ul class="subjects" aria-label="About">${subjects}</ul>`}${diagram}</article>`;
}
