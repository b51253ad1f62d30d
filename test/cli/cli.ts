import { spawn } from 'node:child_process';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line as a user does, without a terminal. */
export function deadair(
  args: readonly string[],
  options: { readonly interruptAfterMs?: number } = {},
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
    if (options.interruptAfterMs !== undefined) setTimeout(() => child.kill('SIGINT'), options.interruptAfterMs);
  });
}
