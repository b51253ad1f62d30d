import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The same with Ctrl-C after a time, and with twice the time if that was too early: on a busy machine a program takes long to begin.
 * @param enough whether it was late enough; default: it has heard of it
 */
export async function deadairInterrupted(
  args: readonly string[],
  afterMs: number,
  { interruptions = 1, enough = () => true }: { interruptions?: number; enough?: (outcome: Outcome) => boolean } = {},
): Promise<Outcome> {
  for (let interruptAfterMs = afterMs; ; interruptAfterMs *= 2) {
    const outcome = await deadair(args, { interruptAfterMs, interruptions });
    if ((outcome.code !== null && enough(outcome)) || interruptAfterMs > 8 * afterMs) return outcome;
  }
}

/** Runs the built command line as a user does, without a terminal. */
export function deadair(
  args: readonly string[],
  options: {
    /** Ctrl-C after this time ... */
    readonly interruptAfterMs?: number;
    /** ... this often in a row (default once) ... */
    readonly interruptions?: number;
    /** ... or as soon as this file exists ... */
    readonly interruptWhenWritten?: string;
    /** ... or is true. */
    readonly interruptWhen?: () => boolean;
  } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { DEADAIR_DEBUG: _debug, FORCE_COLOR: _color, ...env } = process.env;
    const child = spawn(process.execPath, ['dist/sim/cli/main.js', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    const { interruptAfterMs, interruptions = 1, interruptWhenWritten } = options;
    const interrupt = (afterMs: number) => {
      for (let time = 0; time < interruptions; time++) setTimeout(() => child.kill('SIGINT'), afterMs + time);
    };
    if (interruptAfterMs !== undefined) interrupt(interruptAfterMs);
    const ready = interruptWhenWritten === undefined ? options.interruptWhen : () => existsSync(interruptWhenWritten);
    if (ready !== undefined) {
      const look = setInterval(() => {
        if (!ready()) return;
        clearInterval(look);
        interrupt(0);
      }, 5);
      child.on('close', () => clearInterval(look));
    }
  });
}
