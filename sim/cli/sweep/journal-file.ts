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
  private readonly file: number;
  private bytes: number;
  private closed = false;
  private count: number;

  /**
   * Opens a journal, or begins it.
   * @throws DeadairError of {@link readJournal}, or `output.unwritable`
   */
  constructor(
    readonly path: string,
    identity: Identity,
  ) {
    const text = existsSync(path) ? this.attempt(() => readFileSync(path, 'utf8')) : '';
    const { entries, wholeBytes } = readJournal<T>(text, identity, path);
    this.found = new Map(entries.map(({ key, value }) => [key, value]));
    this.count = this.found.size;
    this.bytes = wholeBytes;
    this.file = this.attempt(() => openSync(path, wholeBytes === 0 ? 'w' : 'r+'));
    this.attempt(() => ftruncateSync(this.file, wholeBytes));
    if (wholeBytes === 0) this.append(journalHead(identity));
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
    this.append(journalLine(entry));
    this.count++;
  }

  /** Leaves it for the next time. */
  close(): void {
    if (!this.closed) closeSync(this.file);
    this.closed = true;
  }

  /** The work is done: takes it away. */
  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  private append(line: string): void {
    const bytes = Buffer.from(line);
    try {
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.file, bytes, written, bytes.length - written, this.bytes + written);
      fsyncSync(this.file);
    } catch (error) {
      this.cutOff();
      throw this.unwritable(error);
    }
    this.bytes += bytes.length;
  }

  /** Half a line is none. */
  private cutOff(): void {
    try {
      ftruncateSync(this.file, this.bytes);
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
