import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DeadairError } from '../errors.js';

/**
 * Reads a scenario (or a suite) from a module: its export of this name, else its default export, else its only export.
 * TypeScript is compiled on the way by tsx.
 * @param path as the user gave it
 * @throws DeadairError `module.invalid`
 */
export async function readModule(
  path: string,
  what: 'scenario' | 'suite' = 'scenario',
): Promise<Readonly<Record<string, unknown>>> {
  const url = pathToFileURL(resolve(path)).href;
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = (await (isTypeScript(path) ? importTypeScript(url) : import(url))) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error))
      .split('\n')
      .find((line) => line.trim() !== '');
    throw new DeadairError('module.invalid', `${path} cannot be imported: ${reason?.trim() ?? 'unknown error'}`);
  }
  const value = pick(exports, what);
  if (value === undefined) {
    throw new DeadairError(
      'module.invalid',
      `${path} exports no ${what}; write export const ${what} = { name: '...' }`,
    );
  }
  return value;
}

function isTypeScript(path: string): boolean {
  return ['.ts', '.mts'].includes(extname(path).toLowerCase());
}

async function importTypeScript(url: string): Promise<unknown> {
  const { tsImport } = await import('tsx/esm/api');
  return await tsImport(url, import.meta.url);
}

function pick(exports: Readonly<Record<string, unknown>>, what: string): Readonly<Record<string, unknown>> | undefined {
  // A TypeScript file without "type": "module" is compiled to CommonJS: its exports come wrapped in `default`.
  const wrapped = isObject(exports.default) && isObject(exports.default[what]) ? exports.default[what] : undefined;
  const named = exports[what] ?? wrapped ?? exports.default;
  if (isObject(named)) return named;
  const all = Object.values(exports).filter(isObject);
  return all.length === 1 ? all[0] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
