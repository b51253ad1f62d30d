import { DataServer } from './data-server.js';
import { Session } from './session.js';
import type { Keyspace } from './store/keyspace.js';

interface LogEntry {
  readonly atUs: number;
  readonly args: readonly string[];
}

/** Log entries after which they are applied to the base, so that the log does not grow for ever. */
const COMPACT_ENTRIES = 4096;
const SECOND_US = 1_000_000;

/**
 * An append-only file that is flushed once a second: what is on it after a crash is everything up to the last flush. Flushes need no
 * events, they are computed from the times of the entries.
 */
export class Disk {
  private readonly base: DataServer;
  private log: LogEntry[] = [];
  private startedUs = 0;
  private nowMs = 0;
  private readonly session = new Session(() => {});

  constructor() {
    this.base = new DataServer({ nowMs: () => this.nowMs });
  }

  append(atUs: number, args: readonly string[]): void {
    this.log.push({ atUs, args });
    if (this.log.length > COMPACT_ENTRIES) this.fold(this.flushedUs(atUs));
  }

  /** Everything is written anew. */
  replace(keyspace: Keyspace): void {
    this.log = [];
    this.base.keyspace.copyFrom(keyspace);
  }

  /** The process is gone: what was not flushed is lost. */
  crash(atUs: number): void {
    this.fold(this.flushedUs(atUs));
    this.log = [];
  }

  /** Everything on it is gone. */
  wipe(): void {
    this.log = [];
    this.base.applyEffect(this.session, ['FLUSHALL']);
  }

  /** What a new process finds. */
  restore(atUs: number): Keyspace {
    this.startedUs = atUs;
    return this.base.keyspace;
  }

  private flushedUs(atUs: number): number {
    return this.startedUs + Math.floor((atUs - this.startedUs) / SECOND_US) * SECOND_US;
  }

  private fold(untilUs: number): void {
    let count = 0;
    for (const { atUs, args } of this.log) {
      if (atUs > untilUs) break;
      if (args[0] !== 'PUBLISH') this.base.applyEffect(this.session, args);
      count++;
    }
    this.log.splice(0, count);
  }
}
