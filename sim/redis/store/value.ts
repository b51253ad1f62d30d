import type { SortedSet } from './sorted-set.js';

/**
 * A hash. A Map, where the mock has a plain object: objects move fields that look like integers to the front and have `constructor`
 * and friends in every hash.
 */
export class RedisHash extends Map<string, string> {}

/** What a key can hold. */
export type RedisValue = string | string[] | Set<string> | RedisHash | SortedSet;

export type RedisType = 'string' | 'list' | 'set' | 'hash' | 'zset';

/** The answer of `TYPE`. */
export function typeOf(value: RedisValue): RedisType {
  if (typeof value === 'string') return 'string';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Set) return 'set';
  return value instanceof RedisHash ? 'hash' : 'zset';
}

export function cloneValue(value: RedisValue): RedisValue {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.slice();
  if (value instanceof Set) return new Set(value);
  return value instanceof RedisHash ? new RedisHash(value) : value.clone();
}
