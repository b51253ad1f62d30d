import type { TraceEntry, TraceSink } from '../kernel/index.js';
import { GrowingFile } from './growing-file.js';

const FLUSH_CHARACTERS = 1 << 18;

/** Writes a trace as NDJSON, one event a line. */
export class TraceFile implements TraceSink {
  private readonly file: GrowingFile;
  private pending: string[] = [];
  private pendingCharacters = 0;

  constructor(path: string) {
    this.file = new GrowingFile('--trace', path);
  }

  write(entry: TraceEntry): void {
    const line = `${JSON.stringify(entry)}\n`;
    this.pending.push(line);
    this.pendingCharacters += line.length;
    if (this.pendingCharacters >= FLUSH_CHARACTERS) this.flush();
  }

  /** The trace is complete: gives the file its name. */
  finish(): void {
    this.flush();
    this.file.finish();
  }

  /** The run was broken off: leaves nothing behind. */
  discard(): void {
    this.file.discard();
  }

  private flush(): void {
    if (this.pending.length === 0) return;
    this.file.write(Buffer.from(this.pending.join('')));
    this.pending = [];
    this.pendingCharacters = 0;
  }
}
