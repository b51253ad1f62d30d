import { DeadairError, ExitCode } from '../errors.js';

/** Version of the journal's lines. */
const JOURNAL_VERSION = 1;

/** What a journal belongs to: the points of another one cannot be used. Field names are those of the command, for messages. */
export type Identity = Readonly<Record<string, string>>;

/** One point that has ended. */
export interface Entry<T> {
  readonly key: string;
  readonly value: T;
}

/** The first line of a journal. */
export function journalHead(identity: Identity): string {
  return `${JSON.stringify({ deadairJournal: JOURNAL_VERSION, identity })}\n`;
}

/** The line of a point. */
export function journalLine<T>(entry: Entry<T>): string {
  return `${JSON.stringify(entry)}\n`;
}

/** What a journal holds. */
export interface JournalContent<T> {
  readonly entries: readonly Entry<T>[];
  /** Bytes up to the end of the last whole line: what comes after was torn off when the writer died. */
  readonly wholeBytes: number;
}

/**
 * Reads a journal. A last line without its end is left out: its writer was killed.
 * @param name of the file, for messages
 * @throws DeadairError `journal.foreign`, `journal.other` (exit 6) or `journal.broken`
 */
export function readJournal<T>(text: string, identity: Identity, name: string): JournalContent<T> {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').slice(0, -1);
  if (lines.length === 0) return { entries: [], wholeBytes: 0 };
  checkHead(lines[0] as string, identity, name);
  const entries = lines.slice(1).map((line, index) => {
    const entry = parse(line) as Entry<T> | undefined;
    if (typeof entry?.key !== 'string' || entry.value === undefined) {
      throw new DeadairError(
        'journal.broken',
        `${name}: line ${index + 2} is damaged; delete the file to begin again, or cut it off before that line`,
        ExitCode.notComparable,
      );
    }
    return entry;
  });
  return { entries, wholeBytes: Buffer.byteLength(whole) };
}

function checkHead(line: string, identity: Identity, name: string): void {
  const head = parse(line) as { deadairJournal?: unknown; identity?: Identity } | undefined;
  const begin = `delete ${name} to begin again, or choose another --out`;
  if (head?.deadairJournal !== JOURNAL_VERSION || typeof head.identity !== 'object') {
    throw new DeadairError(
      'journal.foreign',
      `${name} is no journal of this version of deadair; ${begin}`,
      ExitCode.notComparable,
    );
  }
  for (const field of new Set([...Object.keys(identity), ...Object.keys(head.identity)])) {
    const [there, here] = [head.identity[field], identity[field]];
    if (there === here) continue;
    const message = `${name} is of another search: ${field} is ${shown(there)} there and ${shown(here)} here; ${begin}`;
    throw new DeadairError('journal.other', message, ExitCode.notComparable);
  }
}

function shown(value: string | undefined): string {
  if (value === undefined || value === '') return 'not given';
  return value.length > 60 ? `${value.slice(0, 60)}...` : value;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
