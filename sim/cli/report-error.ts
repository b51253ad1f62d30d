import { ResultFileError } from '../../reports/index.js';
import { DeadairError, ExitCode } from '../errors.js';

/**
 * Prints an error as one line on stderr: what is wrong and what to do. The stack only with `DEADAIR_DEBUG=1`.
 * @returns the exit code
 */
export function reportError(error: unknown): number {
  const message = oneLine(error instanceof Error ? error.message : String(error));
  const expected = error instanceof DeadairError || error instanceof ResultFileError;
  const debug = process.env.DEADAIR_DEBUG === '1';
  if (expected) {
    process.stderr.write(`deadair: ${message}\n`);
  } else {
    const hint = debug ? '' : ' (this is a bug of deadair: run again with DEADAIR_DEBUG=1 and report it)';
    process.stderr.write(`deadair: internal error: ${message}${hint}\n`);
  }
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  if (error instanceof DeadairError) return error.exitCode;
  return expected ? ExitCode.usage : ExitCode.internal;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}
