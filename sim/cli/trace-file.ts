import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { TraceEntry, TraceSink } from '../kernel/index.js';

const FLUSH_CHARACTERS = 1 << 18;

/**
 * Writes a trace as NDJSON, one event a line. Writes are synchronous: a slow disk slows the simulation down instead of filling the
 * memory. The file has its name only when it is complete.
 */
export class TraceFile implements TraceSink {
  private readonly temporary: string;
  private readonly file: number;
  private pending: string[] = [];
  private pendingCharacters = 0;
  private closed = false;

  constructor(private readonly path: string) {
    this.temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    this.file = openSync(this.temporary, 'w');
  }

  write(entry: TraceEntry): void {
    const line = `${JSON.stringify(entry)}\n`;
    this.pending.push(line);
    this.pendingCharacters += line.length;
    if (this.pendingCharacters >= FLUSH_CHARACTERS) this.flush();
  }

  /** The trace is complete: gives the file its name. */
  finish(): void {
    if (this.closed) return;
    this.flush();
    this.close();
    renameSync(this.temporary, this.path);
  }

  /** The run was broken off: leaves nothing behind. */
  discard(): void {
    if (this.closed) return;
    this.close();
    rmSync(this.temporary, { force: true });
  }

  private close(): void {
    this.closed = true;
    closeSync(this.file);
  }

  private flush(): void {
    const bytes = Buffer.from(this.pending.join(''));
    for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
    this.pending = [];
    this.pendingCharacters = 0;
  }
}
