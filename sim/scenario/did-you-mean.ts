import { closest, distance } from 'fastest-levenshtein';

/**
 * A hint for a name that does not exist: the nearest known one when it is near enough, else the whole list.
 * @returns text to append to a message, beginning with a separator
 */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(name.toLowerCase(), known as string[]);
  // of three letters two may have changed places, or one differs: else anything is like anything
  const short = name.length < 4 && letters(name) !== letters(nearest);
  const tolerance = short ? 1 : Math.max(2, Math.floor(name.length * 0.4));
  if (distance(name.toLowerCase(), nearest.toLowerCase()) <= tolerance) return `; did you mean "${nearest}"?`;
  const shown = known.slice(0, 24);
  return `; known: ${shown.join(', ')}${known.length > shown.length ? ', ...' : ''}`;
}

function letters(name: string): string {
  return [...name.toLowerCase()].sort().join('');
}
