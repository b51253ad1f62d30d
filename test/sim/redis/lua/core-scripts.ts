import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { vi } from 'vitest';
import { sourceFiles } from '../../../architecture/source-files.js';

/** A `new Script(...)` of the source. */
export interface NamedScript {
  readonly file: string;
  readonly name: string;
  readonly source: string;
}

const MODULE = '../../../../core/store/script.js';
const NAMES = /new Script\(\s*'([\w-]+)',/g;

/**
 * All scripts of the core and of what stands in for parts of it, as their modules make them.
 * @throws Error when there is one whose name is not written down, or that its module does not make
 */
export async function coreScripts(): Promise<NamedScript[]> {
  const sources = new Map<string, string>();
  vi.resetModules();
  vi.doMock(MODULE, async (original) => {
    const module = await original<typeof import('../../../../core/store/script.js')>();
    class Noted extends module.Script {
      constructor(name: string, source: string) {
        super(name, source);
        sources.set(name, source);
      }
    }
    return { ...module, Script: Noted };
  });
  const scripts: NamedScript[] = [];
  for (const file of sourceFiles(['core', 'scenarios'])) {
    const text = readFileSync(file, 'utf8');
    const names = [...text.matchAll(NAMES)].map(([, name]) => name!);
    if (names.length !== text.split('new Script(').length - 1)
      throw new Error(`${file}: a script without a plain name`);
    if (names.length > 0) await import(pathToFileURL(file).href);
    for (const name of names) {
      const source = sources.get(name);
      if (source === undefined) throw new Error(`${file}: script ${name} is not made`);
      scripts.push({ file, name, source });
    }
  }
  vi.doUnmock(MODULE);
  vi.resetModules();
  return scripts;
}
