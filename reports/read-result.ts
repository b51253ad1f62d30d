import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { CAPACITY_SCHEMA_VERSION, type CapacityFile, capacityFileSchema } from './capacity/schema.js';
import type { GateResult } from './gate/gate-schema.js';
import { readGate } from './gate/read-gate.js';
import { ResultFileError } from './result-file-error.js';
import { RESULT_SCHEMA_VERSION, type RunResult, resultSchema } from './result-schema.js';

export { ResultFileError } from './result-file-error.js';

/**
 * Reads a result file.
 * @throws ResultFileError when it is not there, broken off, of another kind or of another version
 */
export async function readResult(path: string): Promise<RunResult> {
  return parseResult(await readText(path), path);
}

/** Reads the result of a run, of a gate, of a sweep or of a search for the capacity. @throws ResultFileError */
export async function readAnyResult(path: string): Promise<RunResult | CapacityFile | GateResult> {
  const text = await readText(path);
  const { kind } = (parseJson(text, path) ?? {}) as { kind?: unknown };
  if (kind === 'deadair-gate') return readGate(path);
  if (kind === 'deadair-baseline') {
    throw new ResultFileError(
      'result.foreign',
      `${path} is a baseline; pages are made of what deadair gate --out writes`,
    );
  }
  return kind === 'sweep' || kind === 'capacity' ? parseCapacityFile(text, path) : parseResult(text, path);
}

/** The same as {@link readResult} for text that has been read already; `name` is what to call it in messages. */
export function parseResult(text: string, name: string): RunResult {
  if (typeof (parseJson(text, name) as { scenario?: unknown } | null)?.scenario === 'string') {
    throw new ResultFileError(
      'result.summary',
      `${name} is what --json prints, without the figures that a page needs; write the result file with --out`,
    );
  }
  const result = parseAs(text, name, {
    schema: resultSchema,
    version: RESULT_SCHEMA_VERSION,
    writer: 'deadair run',
    again: 'run the scenario again',
  });
  // before there was a verdict of their own
  return result.interrupted === true && result.verdict === 'pass' ? { ...result, verdict: 'interrupted' } : result;
}

/** A file that `deadair sweep` or `deadair capacity` has written. @throws ResultFileError */
export function parseCapacityFile(text: string, name: string): CapacityFile {
  return parseAs(text, name, {
    schema: capacityFileSchema,
    version: CAPACITY_SCHEMA_VERSION,
    writer: 'deadair sweep',
    again: 'run the sweep again',
  });
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown error'})`;
    throw new ResultFileError('result.unreadable', `${path} ${reason}; check the path`);
  }
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const broken = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    const problem = text.trim() === '' ? 'is empty' : broken ? 'breaks off in the middle' : 'is not JSON';
    const fix = 'write it again with deadair run <scenario> --out result.json';
    throw new ResultFileError('result.truncated', `${name} ${problem}; ${fix}`);
  }
}

function parseAs<T>(
  text: string,
  name: string,
  kind: { readonly schema: z.ZodType<T>; readonly version: number; readonly writer: string; readonly again: string },
): T {
  const value = parseJson(text, name);
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version === undefined) {
    throw new ResultFileError(
      'result.foreign',
      `${name} is no deadair result: schemaVersion is missing; pass a file that ${kind.writer} --out has written`,
    );
  }
  if (version !== kind.version) {
    const shown = String(JSON.stringify(version)).slice(0, 20);
    throw new ResultFileError(
      'result.version',
      `${name} has schemaVersion ${shown}, this deadair reads ${kind.version}; ${kind.again}`,
    );
  }
  const parsed = kind.schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.map(String).join('.') || 'the file';
    throw new ResultFileError(
      'result.invalid',
      `${name}: ${field}: ${issue?.message ?? 'is not valid'}; ${kind.again} with --out`,
    );
  }
  return parsed.data;
}
