import {
  type CapacityFile,
  renderCapacityCsv,
  renderCapacityHtml,
  renderCapacityJson,
  renderCapacityMarkdown,
  writeAtomically,
} from '../../../reports/index.js';
import { DeadairError } from '../../errors.js';

/** Files of a sweep or of a search for the capacity. */
export interface CapacityOutputs {
  readonly out?: string;
  readonly report?: string;
  readonly markdown?: string;
  readonly csv?: string;
}

const RENDERERS = {
  out: renderCapacityJson,
  report: renderCapacityHtml,
  markdown: renderCapacityMarkdown,
  csv: renderCapacityCsv,
} as const;

const NAMES = Object.keys(RENDERERS) as readonly (keyof typeof RENDERERS)[];

/** Options with their paths, for `checkOutputs`. */
export function capacityOutputs(options: CapacityOutputs): { option: string; path: string; render: null }[] {
  return NAMES.flatMap((name) => {
    const path = options[name];
    return path === undefined ? [] : [{ option: `--${name}`, path, render: null }];
  });
}

/** Writes what is asked for. @throws DeadairError `output.unwritable` */
export async function writeCapacityOutputs(options: CapacityOutputs, file: CapacityFile): Promise<void> {
  for (const name of NAMES) {
    const path = options[name];
    if (path === undefined) continue;
    await writeAtomically(path, RENDERERS[name](file)).catch((error: NodeJS.ErrnoException) => {
      throw new DeadairError(
        'output.unwritable',
        `--${name} ${path} cannot be written (${error.code ?? error.message}); make room or choose another path, and give the same command again`,
      );
    });
  }
}
