import { readFile } from 'node:fs/promises';
import { RESULT_SCHEMA_VERSION, type RunResult, resultSchema } from './result-schema.js';

/** A result file that cannot be used; the message is one line that says what to do. */
export class ResultFileError extends Error {
  /** @param code `result.unreadable`, `result.truncated`, `result.foreign`, `result.version` or `result.invalid` */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ResultFileError';
  }
}

/**
 * Reads a result file.
 * @throws ResultFileError when it is not there, broken off, of another kind or of another version
 */
export async function readResult(path: string): Promise<RunResult> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown error'})`;
    throw new ResultFileError('result.unreadable', `${path} ${reason}; check the path`);
  }
  return parseResult(text, path);
}

/** The same for text that has been read already; `name` is what to call it in messages. */
export function parseResult(text: string, name: string): RunResult {
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    const broken = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    const problem = text.trim() === '' ? 'is empty' : broken ? 'breaks off in the middle' : 'is not JSON';
    const fix = 'write it again with deadair run <scenario> --out result.json';
    throw new ResultFileError('result.truncated', `${name} ${problem}; ${fix}`);
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version === undefined) {
    throw new ResultFileError(
      'result.foreign',
      `${name} is no deadair result: schemaVersion is missing; pass a file that deadair run --out has written`,
    );
  }
  if (version !== RESULT_SCHEMA_VERSION) {
    const shown = String(JSON.stringify(version)).slice(0, 20);
    throw new ResultFileError(
      'result.version',
      `${name} has schemaVersion ${shown}, this deadair reads ${RESULT_SCHEMA_VERSION}; run the scenario again`,
    );
  }
  if (typeof (value as { scenario?: unknown }).scenario === 'string') {
    throw new ResultFileError(
      'result.summary',
      `${name} is what --json prints, without the figures that a page needs; write the result file with --out`,
    );
  }
  const parsed = resultSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.map(String).join('.') || 'the file';
    throw new ResultFileError(
      'result.invalid',
      `${name}: ${field}: ${issue?.message ?? 'is not valid'}; run the scenario again with --out`,
    );
  }
  const { data } = parsed;
  // before there was a verdict of their own
  return data.interrupted === true && data.verdict === 'pass' ? { ...data, verdict: 'interrupted' } : data;
}
