import { CHECKPOINT_RECORDS } from './trace.js';
import type { TraceEntry, TraceSink } from './trace-sink.js';

/** What {@link verify} needs of a history; a {@link Trace} is one. */
export interface History {
  /** Hash of all records. */
  readonly hash: string;
  /** Hash after each {@link CHECKPOINT_RECORDS} records. */
  readonly checkpoints: readonly string[];
  readonly recordCount: number;
}

/** Builds a fresh world, runs it to its end with this sink, if any, and hands back its trace. */
export type WorldRun = (traceSink?: TraceSink) => Promise<History>;

/** The first record in which two runs differ. A run that had ended before has null there. */
export interface FirstDifference {
  /** Number of the record, from 0. */
  readonly record: number;
  readonly first: TraceEntry | null;
  readonly second: TraceEntry | null;
}

export type Verification =
  | { readonly deterministic: true; readonly hash: string; readonly recordCount: number; readonly message: string }
  | {
      readonly deterministic: false;
      /** Hashes of the two runs. */
      readonly hashes: readonly [string, string];
      /** Null when the re-runs that were to find it agreed with each other: the difference comes and goes. */
      readonly difference: FirstDifference | null;
      readonly message: string;
    };

/** A world that differs from run to run may do so at another place each time; so the search is repeated, but not without end. */
const SEARCHES_MAX = 4;

/**
 * Runs a world twice and compares the histories. When they differ, bisects the checkpoints for the window of records in
 * which they part, runs both again recording only that window, and shows the first record that differs.
 */
export async function verify(run: WorldRun): Promise<Verification> {
  let first = await run();
  let second = await run();
  if (sameHistory(first, second)) {
    return {
      deterministic: true,
      hash: first.hash,
      recordCount: first.recordCount,
      message: `deterministic: two runs of ${first.recordCount} records, both with hash ${first.hash}`,
    };
  }
  const hashes: [string, string] = [first.hash, second.hash];
  let difference: FirstDifference | null = null;
  for (let search = 0; search < SEARCHES_MAX && difference === null && !sameHistory(first, second); search++) {
    const window = firstDifferingWindow(first, second);
    const firstWindow = new WindowSink(window);
    const secondWindow = new WindowSink(window);
    first = await run(firstWindow);
    second = await run(secondWindow);
    // The re-runs may part in an earlier window than the runs before; then what differs here is only a consequence.
    if (!sameHistory(first, second) && firstDifferingWindow(first, second) === window) {
      difference = firstDifferingRecord(firstWindow, secondWindow);
    }
  }
  return { deterministic: false, hashes, difference, message: describe(hashes, difference) };
}

/** Keeps the records of one window: `window * CHECKPOINT_RECORDS` and what follows up to the next checkpoint. */
class WindowSink implements TraceSink {
  readonly entries: TraceEntry[] = [];
  readonly fromRecord: number;
  readonly toRecord: number;

  constructor(window: number) {
    this.fromRecord = window * CHECKPOINT_RECORDS;
    this.toRecord = this.fromRecord + CHECKPOINT_RECORDS;
  }

  write(entry: TraceEntry): void {
    this.entries.push(entry);
  }
}

function sameHistory(first: History, second: History): boolean {
  return first.hash === second.hash && first.recordCount === second.recordCount;
}

/** Once histories have parted their checkpoints stay apart, so the first difference is found by bisection. */
function firstDifferingWindow(first: History, second: History): number {
  let same = 0;
  let end = Math.min(first.checkpoints.length, second.checkpoints.length);
  while (same < end) {
    const middle = (same + end) >> 1;
    if (first.checkpoints[middle] === second.checkpoints[middle]) same = middle + 1;
    else end = middle;
  }
  return same;
}

function firstDifferingRecord(first: WindowSink, second: WindowSink): FirstDifference | null {
  const count = Math.max(first.entries.length, second.entries.length);
  for (let index = 0; index < count; index++) {
    const left = first.entries[index] ?? null;
    const right = second.entries[index] ?? null;
    if (!sameRecord(left, right)) return { record: first.fromRecord + index, first: left, second: right };
  }
  return null;
}

/** Compares what enters the hash: not the detail, and 0 equals -0 and NaN itself. */
function sameRecord(left: TraceEntry | null, right: TraceEntry | null): boolean {
  if (left === null || right === null) return left === right;
  return (
    left.atUs === right.atUs &&
    left.host === right.host &&
    left.to === right.to &&
    left.kind === right.kind &&
    (left.key === right.key || Object.is(left.key, right.key))
  );
}

function describe(hashes: readonly [string, string], difference: FirstDifference | null): string {
  const lines = [`not deterministic: two runs of the same world have the hashes ${hashes[0]} and ${hashes[1]}`];
  if (difference === null) {
    lines.push('the runs that were to find the first difference agreed: repeat, the cause comes and goes');
  } else {
    lines.push(
      `first difference at record ${difference.record}:`,
      `  run 1: ${describeEntry(difference.first)}`,
      `  run 2: ${describeEntry(difference.second)}`,
      'look for state that outlives a run (module variables, caches) or an order other than that of the event queue',
    );
  }
  return lines.join('\n');
}

function describeEntry(entry: TraceEntry | null): string {
  if (entry === null) return 'had ended';
  const arrow = entry.to === undefined ? '' : ` -> ${entry.to}`;
  return `${(entry.atUs / 1e6).toFixed(6)} s  ${entry.host}${arrow}  ${entry.kind}  ${JSON.stringify(entry.key)}`;
}
