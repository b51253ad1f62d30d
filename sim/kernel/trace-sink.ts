/** One thing that happened in a world. One line of an NDJSON trace. */
export interface TraceEntry {
  /** Virtual time in microseconds. */
  readonly atUs: number;
  /** Where it happened, or who sent it. */
  readonly host: string;
  /** Who is to receive it; absent when nobody does. */
  readonly to?: string;
  readonly kind: string;
  readonly key: string | number;
  /** For the reader only: it does not enter the hash. */
  readonly detail?: unknown;
}

/** Takes the entries of a trace as they happen. */
export interface TraceSink {
  /** First record to hand in, counted from 0. Default 0. */
  readonly fromRecord?: number;
  /** First record not to hand in any more. Default: no end. */
  readonly toRecord?: number;
  write(entry: TraceEntry): void;
}
