import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DeadairError } from '../errors.js';
import type { TraceEntry, TraceSink } from '../kernel/index.js';

const FLUSH_CHARACTERS = 1 << 18;

/**
 * Writes a trace as NDJSON, one event a line. Writes are synchronous: a slow disk slows the simulation down instead of filling the
 * memory. The file has its name only when it is complete.
 */
export class TraceFile implements TraceSink {
  private readonly direct: boolean;
  private readonly target: string;
  private readonly temporary: string;
  private readonly file: number;
  private pending: string[] = [];
  private pendingCharacters = 0;
  private closed = false;

  constructor(private readonly path: string) {
    const target = statSync(path, { throwIfNoEntry: false });
    // devices and pipes are written to as they are, and a link keeps pointing to its file
    this.direct = target !== undefined && !target.isFile();
    this.target = target?.isFile() ? realpathSync(path) : path;
    this.temporary = this.direct ? path : join(dirname(this.target), `.${basename(path)}.${process.pid}.tmp`);
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
    if (!this.direct) renameSync(this.temporary, this.target);
  }

  /** The run was broken off: leaves nothing behind. */
  discard(): void {
    if (this.closed) return;
    this.close();
    if (!this.direct) rmSync(this.temporary, { force: true });
  }

  private close(): void {
    this.closed = true;
    closeSync(this.file);
  }

  private flush(): void {
    const bytes = Buffer.from(this.pending.join(''));
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
    } catch (error) {
      this.discard();
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new DeadairError(
        'output.unwritable',
        `--trace ${this.path} cannot be written (${code}); make room or choose another path`,
      );
    }
    this.pending = [];
    this.pendingCharacters = 0;
  }
}
