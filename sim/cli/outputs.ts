import { resolve } from 'node:path';
import {
  checkWritable,
  type RunResult,
  renderHtml,
  renderJson,
  renderJunit,
  renderMarkdown,
  renderPrometheus,
  writeAtomically,
} from '../../reports/index.js';
import { DeadairError } from '../errors.js';

/** A file to write, and what writes it. */
export interface Output {
  /** Option that asked for it, e.g. `--out`. */
  readonly option: string;
  readonly path: string;
  /** null: written while the world runs (trace and packet capture). */
  readonly render: ((result: RunResult) => string) | null;
}

const RENDERERS = {
  out: renderJson,
  report: renderHtml,
  junit: renderJunit,
  markdown: renderMarkdown,
  prometheus: renderPrometheus,
  trace: null,
  pcap: null,
} as const;

/** The files that options ask for. */
export function outputsOf(options: Readonly<Partial<Record<keyof typeof RENDERERS, string>>>): Output[] {
  return Object.entries(RENDERERS).flatMap(([name, render]) => {
    const path = options[name as keyof typeof RENDERERS];
    return path === undefined ? [] : [{ option: `--${name}`, path, render }];
  });
}

/**
 * Makes sure, before anything is run, that every file can be written.
 * @throws DeadairError `output.unwritable`
 */
export async function checkOutputs(outputs: readonly Output[]): Promise<void> {
  const seen = new Map<string, string>();
  for (const { option, path } of outputs) {
    if (path === '') throw new DeadairError('output.unwritable', `${option} needs the name of a file`);
    const problem = await checkWritable(path);
    if (problem !== null) throw new DeadairError('output.unwritable', `${option} ${path} ${problem}`);
    const other = seen.get(resolve(path));
    if (other !== undefined && !path.startsWith('/dev/')) {
      throw new DeadairError('output.unwritable', `${option} and ${other} name the same file ${path}; choose two`);
    }
    seen.set(resolve(path), option);
  }
}

/** What has become of the files that were asked for. */
export interface Written {
  /** Options of those that could not be written. */
  readonly failed: ReadonlySet<string>;
  /** `output.unwritable` of the first of them: to be thrown when everything else is done. */
  readonly failure: DeadairError | null;
}

/** Writes every file that can be written: one that cannot keeps nothing else from being told. */
export async function writeEach(
  files: readonly { readonly option: string; readonly path: string; readonly text: () => string }[],
): Promise<Written> {
  const failed = new Set<string>();
  let failure: DeadairError | null = null;
  for (const { option, path, text } of files) {
    try {
      await writeOutput(option, path, text());
    } catch (error) {
      if (!(error instanceof DeadairError)) throw error;
      failed.add(option);
      failure ??= error;
    }
  }
  return { failed, failure };
}

/** Writes every file that a renderer makes. */
export function writeOutputs(outputs: readonly Output[], result: RunResult): Promise<Written> {
  return writeEach(
    outputs.flatMap(({ option, path, render }) =>
      render === null ? [] : [{ option, path, text: () => render(result) }],
    ),
  );
}

/**
 * Writes one file as a whole.
 * @throws DeadairError `output.unwritable`
 */
export async function writeOutput(option: string, path: string, text: string): Promise<void> {
  await writeAtomically(path, text).catch((error: NodeJS.ErrnoException) => {
    const problem = `cannot be written (${error.code ?? error.message}); make room or choose another path`;
    throw new DeadairError('output.unwritable', `${option} ${path} ${problem}`);
  });
}
