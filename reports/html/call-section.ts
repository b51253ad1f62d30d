import type { CallFigure } from '../call-summary.js';
import { escapeHtml } from './escape.js';

/** Calls: the figures of E6, and what became of them. */
export function callSection(figures: readonly CallFigure[]): string {
  const rows = figures.map(
    ({ label, text, meaning }) =>
      `<tr><td>${escapeHtml(label)}</td><td class="number">${escapeHtml(text)}</td><td>${escapeHtml(meaning)}</td></tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="Calls"><table><thead><tr><th scope="col">figure</th><th scope="col" class="number">measured</th><th scope="col">what it counts</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
