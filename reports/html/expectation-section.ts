import { measuredText } from '../measured-text.js';
import type { ExpectationVerdict, RunResult } from '../result-schema.js';
import { escapeHtml } from './escape.js';

/** What was expected, and what was measured. Those that were missed come first. */
export function expectationSection(result: RunResult): string {
  if (result.expectations.length === 0) {
    return '<p class="empty">The scenario states no expectations: only the oracles judged this run.</p>';
  }
  const order = [...result.expectations].sort((a, b) => rank(a) - rank(b));
  const rows = order.map((item) => row(item, measuredText(item, result)));
  return `<div class="scroll" tabindex="0" role="region" aria-label="Expectations"><table class="expectations"><thead><tr><th scope="col">metric</th><th scope="col">expected</th><th scope="col" class="number">measured</th><th scope="col">outcome</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function rank(item: ExpectationVerdict): number {
  if (item.pass) return 2;
  return item.level === 'fail' ? 0 : 1;
}

function row(item: ExpectationVerdict, measured: string): string {
  const [tone, word] = item.pass ? ['good', 'met'] : item.level === 'warn' ? ['warn', 'warning'] : ['bad', 'missed'];
  return `<tr class="${tone}"><td>${escapeHtml(item.metric)}</td><td><code>${escapeHtml(item.expression)}</code></td><td class="number">${escapeHtml(measured)}</td><td><span class="outcome ${tone}">${word}</span></td></tr>`;
}
