/**
 * The command that makes a run again.
 * @param reference the scenario as the user named it
 */
export function runCommandLine(reference: string, seed: number, overrides: readonly string[]): string {
  const sets = overrides.flatMap((text) => ['--set', text]);
  return shellCommand(['deadair', 'run', reference, '--seed', String(seed), ...sets]);
}

/**
 * The command that makes a run of a suite again.
 * @param name of the scenario in the suite
 * @param suite as the user named it
 */
export function suiteCommandLine(name: string, suite: string, seed: number, overrides: readonly string[] = []): string {
  const sets = overrides.flatMap((text) => ['--set', text]);
  return shellCommand(['deadair', 'run', name, '--suite', suite, '--seed', String(seed), ...sets]);
}

/** Words as one line for a POSIX shell. */
export function shellCommand(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

/** Quotes a word for a POSIX shell when it needs it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
