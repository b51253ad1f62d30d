import { readFileSync } from 'node:fs';
import { sourceFiles } from '../../../architecture/source-files.js';

/** A `new Script(...)` of the source. */
export interface NamedScript {
  readonly file: string;
  readonly name: string;
  readonly source: string;
}

const SCRIPT = /new Script\(\s*'([\w-]+)',\s*`([^`$\\]*)`,?\s*\)/g;

/**
 * All scripts of the core and of what stands in for parts of it.
 * @throws Error when there is one that is not written as a name and a plain template
 */
export function coreScripts(): NamedScript[] {
  return sourceFiles(['core', 'scenarios']).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const found = [...text.matchAll(SCRIPT)].map(([, name, source]) => ({ file, name: name!, source: source! }));
    if (found.length !== text.split('new Script(').length - 1) throw new Error(`${file}: a script that cannot be read`);
    return found;
  });
}
