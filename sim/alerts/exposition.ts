import { type Labels, NAME } from './labels.js';

/** A page in the Prometheus text format that cannot be read. */
export class ExpositionError extends Error {
  constructor(line: string) {
    super(`not a sample in the Prometheus text format: "${line.slice(0, 80)}"`);
    this.name = 'ExpositionError';
  }
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const LABEL = /\s*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"\s*,?/y;

/**
 * The samples of a page in the Prometheus text format 0.0.4, as a scrape reads them. Times of samples are left out: the scrape's counts.
 * @throws ExpositionError
 */
export function parseExposition(page: string): { labels: Labels; value: number }[] {
  return page.split('\n').flatMap((line) => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return [];
    const match = SAMPLE.exec(text);
    if (match === null) throw new ExpositionError(text);
    const value = numberOf(match[3] as string);
    if (value === null) throw new ExpositionError(text);
    return [{ labels: { [NAME]: match[1] as string, ...labelsOf(match[2] ?? '', text) }, value }];
  });
}

function numberOf(text: string): number | null {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}

function labelsOf(text: string, line: string): Labels {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const match = LABEL.exec(text);
    if (match === null) throw new ExpositionError(line);
    labels[match[1] as string] = (match[2] as string).replace(/\\(.)/g, (_, letter: string) =>
      letter === 'n' ? '\n' : letter,
    );
  }
  return labels;
}
