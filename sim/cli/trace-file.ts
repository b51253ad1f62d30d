import { DeadairError } from '../errors.js';
import type { TraceEntry, TraceSink } from '../kernel/index.js';
import { GrowingFile } from './growing-file.js';

const FLUSH_CHARACTERS = 1 << 18;

/** Writes a trace as NDJSON, one event a line. */
export class TraceFile implements TraceSink {
  private readonly file: GrowingFile;
  private pending: string[] = [];
  private pendingCharacters = 0;
  private failure: DeadairError | null = null;

  constructor(path: string) {
    this.file = new GrowingFile('--trace', path);
  }

  write(entry: TraceEntry): void {
    const line = `${JSON.stringify(entry)}\n`;
    this.pending.push(line);
    this.pendingCharacters += line.length;
    if (this.pendingCharacters >= FLUSH_CHARACTERS) this.flush();
  }

  /** The trace is complete: gives the file its name. @returns `output.unwritable` when the file could not take everything; then nothing is left of it */
  finish(): DeadairError | null {
    this.flush();
    this.file.finish();
    return this.failure;
  }

  /** The run was broken off: leaves nothing behind. */
  discard(): void {
    this.file.discard();
  }

  private flush(): void {
    if (this.pending.length === 0) return;
    const text = this.pending.join('');
    this.pending = [];
    this.pendingCharacters = 0;
    if (this.failure !== null) return;
    try {
      this.file.write(Buffer.from(text));
    } catch (error) {
      // the run goes on: its result is worth more than its trace
      if (!(error instanceof DeadairError)) throw error;
      this.failure = error;
    }
  }
}
