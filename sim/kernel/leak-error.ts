import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeadairError, ExitCode } from '../errors.js';

/** Code inside a running world reached for the clock, the timers or the randomness of the machine. */
export class LeakError extends DeadairError {
  /** Where it was called: `file:line`, the file relative to the working directory when it lies below. */
  readonly callSite: string;

  /**
   * @param trapped what was called, e.g. `Date.now()`
   * @param instead what to call instead
   * @param trap the function in whose place the trap stands: the call site is its caller
   */
  constructor(
    readonly trapped: string,
    instead: string,
    trap: (...args: never[]) => unknown,
  ) {
    super('kernel.leak', '', ExitCode.internal);
    this.name = 'LeakError';
    Error.captureStackTrace(this, trap);
    this.callSite = firstCallSite(this.stack ?? '');
    this.message = `${trapped} was called at ${this.callSite} inside a simulated world: use ${instead}`;
    // The stack was rendered with the empty message.
    this.stack = `${this.name}: ${this.message}\n${stackFrames(this.stack ?? '').join('\n')}`;
  }
}

function stackFrames(stack: string): string[] {
  return stack.split('\n').filter((line) => /^\s+at /.test(line));
}

function firstCallSite(stack: string): string {
  for (const frame of stackFrames(stack)) {
    const place = /\(?((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/.exec(frame);
    if (place === null || place[1]!.startsWith('node:')) continue;
    const file = place[1]!.startsWith('file://') ? fileURLToPath(place[1]!) : place[1]!;
    const below = relative(process.cwd(), file);
    return `${below.startsWith('..') || isAbsolute(below) ? file : below}:${place[2]}`;
  }
  return 'an unknown place';
}
