import { DeadairError } from '../errors.js';

/** Bytes of one delivery opportunity. */
export const OPPORTUNITY_BYTES = 1500;

/** Longest time without an opportunity; more is an error of units rather than an outage, in ms. */
const GAP_LIMIT_MS = 3_600_000;

/** A recorded capacity: when a link could have delivered packets. */
export interface CapacityTrace {
  readonly name: string;
  /** Times of the delivery opportunities of {@link OPPORTUNITY_BYTES}, ascending, in ms. */
  readonly opportunitiesMs: Float64Array;
  /** The trace repeats after this long, in ms: its last time. */
  readonly periodMs: number;
}

/**
 * Reads a trace in mahimahi format: one line is one opportunity to deliver 1 500 bytes at that millisecond since the start; several
 * lines may name the same one; at the end it repeats (mahimahi, link_queue.cc; Netravali et al., USENIX ATC 2015).
 * @param text the file
 * @param name what to call it in errors, e.g. the file name
 * @throws DeadairError `trace.invalid` that names the line
 */
export function parseMahimahi(text: string, name: string): CapacityTrace {
  const lines = text.split('\n');
  const times = new Float64Array(lines.length);
  let count = 0;
  let last = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = (lines[index] as string).trim();
    if (line === '') {
      if (index === lines.length - 1) continue;
      throw invalid(name, index, 'is empty; remove it');
    }
    if (/^-\d+$/.test(line)) throw invalid(name, index, `is negative (${line}); times are milliseconds from 0`);
    if (!/^\d{1,15}$/.test(line)) {
      throw invalid(name, index, `is not a whole number of milliseconds: ${JSON.stringify(line.slice(0, 40))}`);
    }
    const timeMs = Number(line);
    if (timeMs < last) throw invalid(name, index, `goes back from ${last} to ${timeMs}; sort the file`);
    if (timeMs - last > GAP_LIMIT_MS) {
      const hint = 'the longest outage allowed is an hour; times are milliseconds';
      throw invalid(name, index, `jumps from ${last} to ${timeMs}; ${hint}`);
    }
    last = timeMs;
    times[count++] = timeMs;
  }
  if (count === 0) throw new DeadairError('trace.invalid', `${name} is empty; a trace has one time in ms per line`);
  if (last === 0) throw new DeadairError('trace.invalid', `${name} lasts 0 ms; its last time must be above 0`);
  return { name, opportunitiesMs: times.slice(0, count), periodMs: last };
}

/** Mean capacity of a trace in kbit/s. */
export function meanRateKbps(trace: CapacityTrace): number {
  return (trace.opportunitiesMs.length * OPPORTUNITY_BYTES * 8) / trace.periodMs;
}

function invalid(name: string, index: number, what: string): DeadairError {
  return new DeadairError('trace.invalid', `${name}: line ${index + 1} ${what}`);
}
