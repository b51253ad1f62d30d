import { createHash } from 'node:crypto';
/** Identity of a resolved scenario: the first 16 hex digits of the SHA-256 of its canonical JSON (keys sorted). */
export function scenarioHash(scenario: object): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(scenario)))
    .digest('hex')
    .slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
