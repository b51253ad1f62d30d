import type { Keyspace } from './store/keyspace.js';
import { SortedSet } from './store/sorted-set.js';
import { RedisHash, type RedisType, type RedisValue, typeOf } from './store/value.js';

/** A read-only look at a server's data for oracles: no time passes, nothing expires, no footprint. */
export class Inspection {
  constructor(private readonly keyspace: Keyspace) {}

  /** Keys whose time is not over. */
  keys(prefix = ''): string[] {
    const keys: string[] = [];
    for (const key of this.keyspace.keys()) if (key.startsWith(prefix) && this.value(key) !== undefined) keys.push(key);
    return keys;
  }

  type(key: string): RedisType | 'none' {
    const value = this.value(key);
    return value === undefined ? 'none' : typeOf(value);
  }

  get(key: string): string | null {
    const value = this.value(key);
    return typeof value === 'string' ? value : null;
  }

  /** Empty when there is no such hash. Do not alter it. */
  hgetall(key: string): ReadonlyMap<string, string> {
    const value = this.value(key);
    return value instanceof RedisHash ? value : EMPTY_HASH;
  }

  /** Empty when there is no such set. Do not alter it. */
  smembers(key: string): ReadonlySet<string> {
    const value = this.value(key);
    return value instanceof Set ? value : EMPTY_SET;
  }

  lrange(key: string): readonly string[] {
    const value = this.value(key);
    return Array.isArray(value) ? value : [];
  }

  /** Members with their scores, in order of score. */
  zrange(key: string): readonly { readonly member: string; readonly score: number }[] {
    const value = this.value(key);
    return value instanceof SortedSet ? value.slice(0, value.size) : [];
  }

  /** Remaining time in ms; -1 without end, -2 without key. */
  pttl(key: string): number {
    if (this.value(key) === undefined) return -2;
    const atMs = this.keyspace.expiryMs(key);
    return atMs === undefined ? -1 : atMs - this.keyspace.nowMs();
  }

  private value(key: string): RedisValue | undefined {
    const atMs = this.keyspace.expiryMs(key);
    return atMs !== undefined && atMs <= this.keyspace.nowMs() ? undefined : this.keyspace.find(key);
  }
}

const EMPTY_HASH: ReadonlyMap<string, string> = new Map();
const EMPTY_SET: ReadonlySet<string> = new Set();
