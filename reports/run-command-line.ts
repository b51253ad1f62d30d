/**
 * The command that makes a run again.
 * @param reference the scenario as the user named it
 */
export function runCommandLine(reference: string, seed: number, overrides: readonly string[]): string {
  const sets = overrides.flatMap((text) => ['--set', quote(text)]);
  return ['deadair', 'run', quote(reference), '--seed', String(seed), ...sets].join(' ');
}

/** Quotes a word for a POSIX shell when it needs it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
