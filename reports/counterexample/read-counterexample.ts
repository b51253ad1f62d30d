import { readFile } from 'node:fs/promises';
import { ResultFileError } from '../read-result.js';
import {
  COUNTEREXAMPLE_FORMAT,
  COUNTEREXAMPLE_VERSION,
  type Counterexample,
  counterexampleSchema,
} from './counterexample-schema.js';

const AGAIN = 'run deadair hunt again';

/**
 * Reads a counterexample.
 * @throws ResultFileError with code `counterexample.unreadable`, `.truncated`, `.foreign`, `.version` or `.invalid`; the message is
 *   one line that names the field and says what to do
 */
export async function readCounterexample(path: string): Promise<Counterexample> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown error'})`;
    throw new ResultFileError('counterexample.unreadable', `${path} ${reason}; check the path`);
  }
  return parseCounterexample(text, path);
}

/** The same for text that has been read already; `name` is what to call it in messages. */
export function parseCounterexample(text: string, name: string): Counterexample {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    const broken = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    const problem = text.trim() === '' ? 'is empty' : broken ? 'breaks off in the middle' : 'is not JSON';
    throw new ResultFileError('counterexample.truncated', `${name} ${problem}; ${AGAIN}`);
  }
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== COUNTEREXAMPLE_FORMAT) {
    const found = format === undefined ? 'format is missing' : `format is ${shorten(format)}`;
    throw new ResultFileError(
      'counterexample.foreign',
      `${name} is no deadair counterexample: ${found}; pass a file that deadair hunt has written`,
    );
  }
  if (version !== COUNTEREXAMPLE_VERSION) {
    throw new ResultFileError(
      'counterexample.version',
      `${name} has version ${shorten(version)}, this deadair reads ${COUNTEREXAMPLE_VERSION}; ${AGAIN}`,
    );
  }
  const parsed = counterexampleSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.map(String).join('.') || 'the file';
    throw new ResultFileError(
      'counterexample.invalid',
      `${name}: ${field}: ${issue?.message ?? 'is not valid'}; ${AGAIN}`,
    );
  }
  return parsed.data;
}

function shorten(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 40);
}
