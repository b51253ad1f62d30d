import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DeadairError } from '../errors.js';

/**
 * A file that is written while a world runs. Writes are synchronous: a slow disk slows the simulation down instead of filling the
 * memory. The file has its name only when it is complete.
 */
export class GrowingFile {
  private readonly direct: boolean;
  private readonly target: string;
  private readonly temporary: string;
  private readonly file: number;
  private closed = false;

  /**
   * @param option that asked for it, e.g. `--trace`
   * @throws NodeJS.ErrnoException when it cannot be opened
   */
  constructor(
    private readonly option: string,
    private readonly path: string,
  ) {
    const target = statSync(path, { throwIfNoEntry: false });
    // devices and pipes are written to as they are, and a link keeps pointing to its file
    this.direct = target !== undefined && !target.isFile();
    this.target = target?.isFile() ? realpathSync(path) : path;
    this.temporary = this.direct ? path : join(dirname(this.target), `.${basename(path)}.${process.pid}.tmp`);
    this.file = openSync(this.temporary, 'w');
  }

  /**
   * Takes all of the bytes.
   * @throws DeadairError `output.unwritable`; then nothing is left of the file
   */
  write(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
    } catch (error) {
      this.discard();
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new DeadairError(
        'output.unwritable',
        `${this.option} ${this.path} cannot be written (${code}); make room or choose another path`,
      );
    }
  }

  /** It is complete: gives it its name. */
  finish(): void {
    if (this.closed) return;
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
}
