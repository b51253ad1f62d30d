import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of all TypeScript files below some folders of the repository. */
export function sourceFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts'))
          .map((name) => join(folder, name))
          .sort()
      : [],
  );
}

/** A source text without comments and without the contents of plain strings: what is left is code. Line numbers stay. */
export function codeOf(text: string): string {
  return text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g,
    (match) => (match.startsWith('`') && match.includes('${') ? match : match.replace(/[^\n]/g, ' ')),
  );
}
