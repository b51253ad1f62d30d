import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { DeadairError } from '../../errors.js';
import { type Entry, type Identity, journalHead, journalLine, readJournal } from '../../sweep/journal.js';

/**
 * The finished points of a sweep or search, on disk: each is a line that is there for good before the next one is written. Whoever gives the same
 * command again goes on from there.
 */
export class JournalFile<T> {
  /** Points that were there already. */
  readonly found: ReadonlyMap<string, T>;
  private file: number | null = null;
  private bytes: number;
  private count: number;

  /**
   * Reads what is there. A new journal begins with its first point: a command that fails before leaves nothing behind.
   * @throws DeadairError of {@link readJournal}, or `output.unwritable`
   */
  constructor(
    readonly path: string,
    private readonly identity: Identity,
  ) {
    const text = existsSync(path) ? this.attempt(() => readFileSync(path, 'utf8')) : '';
    const { entries, wholeBytes } = readJournal<T>(text, identity, path);
    this.found = new Map(entries.map(({ key, value }) => [key, value]));
    this.count = this.found.size;
    this.bytes = wholeBytes;
  }

  /** Points that are kept. */
  get size(): number {
    return this.count;
  }

  /**
   * Keeps a point.
   * @throws DeadairError `output.unwritable`; the points before it are kept
   */
  add(entry: Entry<T>): void {
    const head = this.bytes === 0 ? journalHead(this.identity) : '';
    this.append(head + journalLine(entry));
    this.count++;
  }

  /** Leaves it for the next time. */
  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  /** The work is done: takes it away. */
  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  private append(line: string): void {
    const bytes = Buffer.from(line);
    this.file ??= this.open();
    const file = this.file;
    try {
      for (let written = 0; written < bytes.length; )
        written += writeSync(file, bytes, written, bytes.length - written, this.bytes + written);
      fsyncSync(file);
    } catch (error) {
      this.cutOff(file);
      throw this.unwritable(error);
    }
    this.bytes += bytes.length;
  }

  private open(): number {
    return this.attempt(() => {
      const file = openSync(this.path, this.bytes === 0 ? 'w' : 'r+');
      ftruncateSync(file, this.bytes);
      return file;
    });
  }

  /** Half a line is none. */
  private cutOff(file: number): void {
    try {
      ftruncateSync(file, this.bytes);
    } catch {
      // whoever reads it leaves out what has no end
    }
  }

  private attempt<R>(action: () => R): R {
    try {
      return action();
    } catch (error) {
      throw this.unwritable(error);
    }
  }

  private unwritable(error: unknown): DeadairError {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const what = code === 'ENOSPC' ? 'the disk is full' : `it cannot be written (${code})`;
    const kept = this.count > 0 ? `; ${this.count} finished points are kept in it` : '';
    return new DeadairError(
      'output.unwritable',
      `${this.path}: ${what}${kept}; make room or choose another --out, and give the same command again`,
    );
  }
}
