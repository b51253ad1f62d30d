import { describeProgress, type ProgressLine } from './progress-line.js';
import type { TraceFile } from './trace-file.js';

/** Exit code of a process that Ctrl-C has ended (128 + SIGINT), and SIGTERM. */
const INTERRUPTED = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Does some work; when it is interrupted, says how far it was, leaves no half-written file and ends the process.
 */
export async function interruptible<T>(
  progress: ProgressLine,
  trace: TraceFile | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const stop = (signal: NodeJS.Signals) => {
    progress.clear();
    trace?.discard();
    const state = progress.last;
    const where = state === undefined ? 'before the first event' : describeProgress('at', { ...state, wallS: 0 });
    process.stderr.write(`deadair: interrupted ${where.replace(/\s+0 s left$/, '')}; nothing was written\n`);
    process.exit(INTERRUPTED[signal as keyof typeof INTERRUPTED]);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  try {
    return await work();
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}
