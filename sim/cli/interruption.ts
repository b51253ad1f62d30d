import type { ProgressLine } from './progress-line.js';

/** Exit codes of a process that Ctrl-C has ended (128 + SIGINT), and SIGTERM. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type Name = keyof typeof EXIT_CODES;

/** A file that is being written. */
interface Unfinished {
  discard(): void;
}

/**
 * Listens for Ctrl-C from its making to {@link end}, without a moment in which a signal would end the process unasked. The first asks
 * the work to end with what it has; the second ends the process, and then no half-written file is left.
 */
export class Interruption {
  /** Exit code that a signal asks for, or null while there was none. */
  exitCode: number | null = null;
  private readonly controller = new AbortController();

  /** @param files that are being written */
  constructor(
    private readonly progress: ProgressLine,
    private readonly files: readonly (Unfinished | undefined)[] = [],
  ) {
    for (const name of Object.keys(EXIT_CODES)) process.on(name, this.stop);
  }

  /** Breaks the work off. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** From now on a signal does what it always does. */
  end(): void {
    for (const name of Object.keys(EXIT_CODES)) process.off(name, this.stop);
  }

  private readonly stop = (name: NodeJS.Signals): void => {
    this.progress.clear();
    const again = this.exitCode !== null;
    this.exitCode = EXIT_CODES[name as Name];
    if (!again) {
      this.controller.abort();
      return;
    }
    for (const file of this.files) file?.discard();
    process.stderr.write('deadair: interrupted twice; nothing was written\n');
    process.exit(this.exitCode);
  };
}
