import type { ProgressLine } from './progress-line.js';
import type { TraceFile } from './trace-file.js';

/** Exit codes of a process that Ctrl-C has ended (128 + SIGINT), and SIGTERM. */
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143 } as const;

type Interruption = keyof typeof INTERRUPTED;

/** What came of interruptible work. */
export interface Interruptible<T> {
  readonly value: T;
  /** Exit code that the signal asks for, or null when there was none. */
  readonly exitCode: number | null;
}

/**
 * Does some work that can be broken off. The first Ctrl-C asks the work to end with what it has; the second ends the process, and then no
 * half-written file is left.
 */
export async function interruptible<T>(
  progress: ProgressLine,
  trace: TraceFile | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Interruptible<T>> {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const stop = (name: NodeJS.Signals) => {
    progress.clear();
    const again = exitCode !== null;
    exitCode = INTERRUPTED[name as Interruption];
    if (!again) {
      controller.abort();
      return;
    }
    trace?.discard();
    process.stderr.write('deadair: interrupted twice; nothing was written\n');
    process.exit(exitCode);
  };
  for (const name of Object.keys(INTERRUPTED)) process.on(name, stop);
  try {
    return { value: await work(controller.signal), exitCode };
  } finally {
    for (const name of Object.keys(INTERRUPTED)) process.off(name, stop);
  }
}
