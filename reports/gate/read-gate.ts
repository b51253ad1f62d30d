import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { ResultFileError } from '../result-file-error.js';
import { BASELINE_SCHEMA_VERSION, type Baseline, baselineSchema } from './baseline-schema.js';
import { GATE_SCHEMA_VERSION, type GateResult, gateSchema } from './gate-schema.js';

/** Says that a file has another version of its format than this program reads. */
export class SchemaVersionError extends ResultFileError {}

interface Form<T> {
  readonly kind: string;
  readonly what: string;
  readonly version: number;
  readonly schema: z.ZodType<T>;
  readonly fix: string;
}

/**
 * Reads the result of a gate.
 * @throws ResultFileError when it is not there, broken off or of another kind; SchemaVersionError when of another version
 */
export function readGate(path: string): Promise<GateResult> {
  return read(path, {
    kind: 'deadair-gate',
    what: 'gate result',
    version: GATE_SCHEMA_VERSION,
    schema: gateSchema,
    fix: 'write it again with deadair gate --out',
  });
}

/**
 * Reads a baseline.
 * @throws ResultFileError, SchemaVersionError as {@link readGate}
 */
export function readBaseline(path: string): Promise<Baseline> {
  return read(path, {
    kind: 'deadair-baseline',
    what: 'baseline',
    version: BASELINE_SCHEMA_VERSION,
    schema: baselineSchema,
    fix: 'write it again with deadair gate --baseline <file> --update',
  });
}

async function read<T>(path: string, { kind, what, version, schema, fix }: Form<T>): Promise<T> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problem = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown error'})`;
    throw new ResultFileError('result.unreadable', `${path} ${problem}; check the path, or ${fix}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    const problem = text.trim() === '' ? 'is empty' : 'is not whole, or no JSON';
    throw new ResultFileError('result.truncated', `${path} ${problem}; ${fix}`);
  }
  const head = (typeof value === 'object' && value !== null ? value : {}) as {
    kind?: unknown;
    schemaVersion?: unknown;
  };
  if (head.kind !== kind) {
    const found = typeof head.kind === 'string' ? `a file of kind ${head.kind.slice(0, 40)}` : 'something else';
    throw new ResultFileError('result.foreign', `${path} is no ${what} but ${found}; ${fix}`);
  }
  if (head.schemaVersion !== version) {
    const shown = String(JSON.stringify(head.schemaVersion)).slice(0, 20);
    throw new SchemaVersionError(
      'result.version',
      `${path}: schemaVersion is ${shown}, this deadair reads ${version}; ${fix}`,
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join('.') || 'the file';
  throw new ResultFileError('result.invalid', `${path}: ${field}: is not as it should be in a ${what}; ${fix}`);
}
