import type { Footprint } from '../../kernel/index.js';
import { WRONG_TYPE } from '../reply.js';
import { SortedSet } from './sorted-set.js';
import { cloneValue, RedisHash, type RedisValue } from './value.js';

/** Told when a watched key changes. */
export interface KeyWatcher {
  dirty: boolean;
}

/**
 * What to do with a key whose time is over: a primary deletes it (and says so to its replicas), a replica hides it until the primary's
 * `DEL` arrives, and what arrives from the primary does not look at expiry at all.
 */
export type ExpiryMode = 'delete' | 'hide' | 'ignore';

/** A value and when its time is over; both in one place, because every access asks for both. */
interface Entry {
  value: RedisValue;
  /** Infinity: never. */
  atMs: number;
}

/** Stands in a footprint for commands that look at every key. */
const ALL_KEYS = '*';

/**
 * The data of one server. Hands out live values: a command that alters one says `changed`. Every access is noted, so the footprint of a
 * command, what a replica must be told, and what `WATCH` sees all come from the same two calls, `peek` and `changed`.
 */
export class Keyspace {
  private entries = new Map<string, Entry>();
  /** Number of changes ever made; a command that leaves it as it was need not be replicated. */
  changes = 0;
  expiryMode: ExpiryMode = 'delete';
  private tracing = false;
  private reads: string[] = [];
  private writes: string[] = [];
  private watchers: Map<string, Set<KeyWatcher>> | null = null;

  constructor(
    /** The server's wall clock, in milliseconds. */
    readonly nowMs: () => number,
    /** Called for each key that is deleted because its time is over. */
    private readonly onExpired: ((key: string) => void) | null = null,
  ) {}

  /** The live value, or undefined when there is none or its time is over. */
  peek(key: string): RedisValue | undefined {
    if (this.tracing) note(this.reads, key);
    const entry = this.entries.get(key);
    if (entry === undefined || (entry.atMs !== Number.POSITIVE_INFINITY && this.isOver(key, entry.atMs)))
      return undefined;
    return entry.value;
  }

  /** Number of keys, also of those whose time is over. */
  get size(): number {
    return this.entries.size;
  }

  /** All keys, also those whose time is over, in the order in which they were made. Nothing is noted. */
  keys(): IterableIterator<string> {
    return this.entries.keys();
  }

  /** The live value, also when its time is over. Nothing is noted. */
  find(key: string): RedisValue | undefined {
    return this.entries.get(key)?.value;
  }

  /** When the time of a key is over; undefined: never, or there is none. */
  expiryMs(key: string): number | undefined {
    const atMs = this.entries.get(key)?.atMs;
    return atMs === Number.POSITIVE_INFINITY ? undefined : atMs;
  }

  /** Stores a value, keeps the time to live, and says nothing of it. */
  store(key: string, value: RedisValue): void {
    const entry = this.entries.get(key);
    if (entry === undefined) this.entries.set(key, { value, atMs: Number.POSITIVE_INFINITY });
    else entry.value = value;
  }

  /** Sets the time to live of a key that there is, and says nothing of it. Infinity: none. */
  setExpiry(key: string, atMs: number): void {
    const entry = this.entries.get(key);
    if (entry !== undefined) entry.atMs = atMs;
  }

  /** Stores a value and keeps the time to live. */
  put(key: string, value: RedisValue): void {
    this.store(key, value);
    this.changed(key);
  }

  /** Deletes a key; false when there was none. */
  remove(key: string): boolean {
    if (this.peek(key) === undefined) return false;
    this.drop(key);
    return true;
  }

  /** Says that the live value of a key was altered. Collections that have become empty must be removed instead. */
  changed(key: string): void {
    this.changes++;
    if (this.tracing) note(this.writes, key);
    if (this.watchers !== null) this.warn(key);
  }

  /** Removes a key that is known to be there. */
  drop(key: string): void {
    this.entries.delete(key);
    this.changed(key);
  }

  expireAt(key: string, atMs: number): void {
    this.setExpiry(key, atMs);
    this.changed(key);
  }

  /** Forgets the time to live; false when there was none. */
  persist(key: string): boolean {
    if (this.expiryMs(key) === undefined) return false;
    this.setExpiry(key, Number.POSITIVE_INFINITY);
    this.changed(key);
    return true;
  }

  /** All keys whose time is not over. */
  liveKeys(): string[] {
    if (this.tracing) note(this.reads, ALL_KEYS);
    if (this.expiryMode === 'ignore') return [...this.entries.keys()];
    const nowMs = this.nowMs();
    const live: string[] = [];
    for (const [key, { atMs }] of this.entries) if (atMs > nowMs) live.push(key);
    return live;
  }

  clear(): void {
    this.changes++;
    if (this.tracing) note(this.writes, ALL_KEYS);
    if (this.watchers !== null) for (const key of this.watchers.keys()) if (this.entries.has(key)) this.warn(key);
    this.entries.clear();
  }

  string(key: string): string | undefined {
    const value = this.peek(key);
    if (value !== undefined && typeof value !== 'string') throw WRONG_TYPE;
    return value;
  }

  hash(key: string): RedisHash | undefined {
    const value = this.peek(key);
    if (value !== undefined && !(value instanceof RedisHash)) throw WRONG_TYPE;
    return value;
  }

  list(key: string): string[] | undefined {
    const value = this.peek(key);
    if (value !== undefined && !Array.isArray(value)) throw WRONG_TYPE;
    return value;
  }

  set(key: string): Set<string> | undefined {
    const value = this.peek(key);
    if (value !== undefined && !(value instanceof Set)) throw WRONG_TYPE;
    return value;
  }

  sortedSet(key: string): SortedSet | undefined {
    const value = this.peek(key);
    if (value !== undefined && !(value instanceof SortedSet)) throw WRONG_TYPE;
    return value;
  }

  watch(key: string, watcher: KeyWatcher): void {
    if (this.watchers === null) this.watchers = new Map();
    const set = this.watchers.get(key);
    if (set === undefined) this.watchers.set(key, new Set([watcher]));
    else set.add(watcher);
  }

  unwatch(key: string, watcher: KeyWatcher): void {
    const set = this.watchers?.get(key);
    if (set?.delete(watcher) && set.size === 0) this.watchers?.delete(key);
    if (this.watchers?.size === 0) this.watchers = null;
  }

  /** Starts to collect a footprint; in it `*` stands for all keys. */
  beginFootprint(): void {
    this.tracing = true;
    this.reads = [];
    this.writes = [];
  }

  /** Ends the collection. */
  endFootprint(): Footprint {
    this.tracing = false;
    return { reads: this.reads, writes: this.writes };
  }

  /** Copies everything from another keyspace (a full synchronisation, a restart from disk). */
  copyFrom(other: Keyspace): void {
    this.entries = new Map();
    for (const [key, { value, atMs }] of other.entries) this.entries.set(key, { value: cloneValue(value), atMs });
  }

  private isOver(key: string, atMs: number): boolean {
    if (this.expiryMode === 'ignore' || atMs > this.nowMs()) return false;
    if (this.expiryMode === 'delete') {
      this.drop(key);
      this.onExpired?.(key);
    }
    return true;
  }

  private warn(key: string): void {
    const set = this.watchers?.get(key);
    if (set !== undefined) for (const watcher of set) watcher.dirty = true;
  }
}

function note(keys: string[], key: string): void {
  if (!keys.includes(key)) keys.push(key);
}
