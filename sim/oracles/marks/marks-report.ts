import { markCatalogue } from './catalogue.js';
import type { Marks } from './marks.js';

/** What was reached and what never, as text: what was missed is named with its sentence. Ends with a line feed. */
export function marksReport(marks: Marks): string {
  const { missed } = marks;
  const count = `${markCatalogue.length - missed.length} of ${markCatalogue.length} marks reached`;
  if (missed.length === 0) return `${count}\n`;
  const width = Math.max(...missed.map(({ id }) => id.length));
  return [`${count}; never:`, ...missed.map(({ id, sentence }) => `  ${id.padEnd(width)}  ${sentence}`), ''].join('\n');
}
