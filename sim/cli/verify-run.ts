import { createHash } from 'node:crypto';
import type { RunResult } from '../../reports/index.js';
import { CHECKPOINT_RECORDS, type History, type TraceEntry, type TraceSink, verify } from '../kernel/index.js';
import type { Scenario } from '../scenario/index.js';
import type { SimulateOptions } from '../simulate.js';
import type { ProgressLine } from './progress-line.js';

/**
 * Runs a scenario a second time and compares the traces. Only when they differ it is run further, to find the first event that does.
 * @param first the result of the first run
 * @param signal breaks it off; then what is returned means nothing
 * @param world collaborators that the first run had instead of the core's own
 * @returns null when the traces are equal, else what differs, in a few lines
 */
export async function verifyRun(
  scenario: Scenario,
  seed: number,
  first: RunResult,
  progress: ProgressLine,
  signal: AbortSignal,
  world: Pick<SimulateOptions, 'collaborators'> = {},
): Promise<string | null> {
  const { simulate } = await import('../simulate.js');
  const run = (traceSink?: TraceSink) =>
    simulate(scenario, {
      ...world,
      seed,
      signal,
      onProgress: (state) => progress.update(state),
      ...(traceSink === undefined ? {} : { traceSink }),
    });
  try {
    const second = await run();
    if (second.traceHash === first.traceHash || signal.aborted) return null;
    const verification = await verify(async (window) => {
      const recorder = new HistoryRecorder(window);
      const result = await run(recorder);
      return recorder.history(result.traceHash);
    });
    if (!verification.deterministic) return verification.message;
    return `not deterministic: two runs of the same world have the hashes ${first.traceHash} and ${second.traceHash}; two further ones agreed, so the cause comes and goes`;
  } finally {
    progress.clear();
  }
}

/** Takes checkpoints of a trace from the outside, and hands a window of it on. */
class HistoryRecorder implements TraceSink {
  private readonly checkpoints: string[] = [];
  private pending: string[] = [];
  private records = 0;
  private last = '';

  constructor(private readonly window: TraceSink | undefined) {}

  write(entry: TraceEntry): void {
    const record = this.records++;
    const { window } = this;
    if (
      window !== undefined &&
      record >= (window.fromRecord ?? 0) &&
      record < (window.toRecord ?? Number.POSITIVE_INFINITY)
    ) {
      window.write(entry);
    }
    this.pending.push(JSON.stringify([entry.atUs, entry.host, entry.to, entry.kind, entry.key]));
    if (this.pending.length < CHECKPOINT_RECORDS) return;
    this.last = createHash('sha1').update(this.last).update(this.pending.join('\n')).digest('hex');
    this.checkpoints.push(this.last);
    this.pending = [];
  }

  history(hash: string): History {
    return { hash, checkpoints: this.checkpoints, recordCount: this.records };
  }
}
