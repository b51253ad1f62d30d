import {
  type CapacityFile,
  renderCapacityCsv,
  renderCapacityHtml,
  renderCapacityJson,
  renderCapacityMarkdown,
} from '../../../reports/index.js';
import { type Written, writeEach } from '../outputs.js';

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

/** One file that was asked for. */
export interface CapacityOutput {
  readonly option: string;
  readonly path: string;
  readonly render: null;
  readonly text: (file: CapacityFile) => string;
}

/** The files that options ask for. */
export function capacityOutputs(options: CapacityOutputs): CapacityOutput[] {
  return NAMES.flatMap((name) => {
    const path = options[name];
    return path === undefined ? [] : [{ option: `--${name}`, path, render: null, text: RENDERERS[name] }];
  });
}

/** Writes those that can be written. */
export function writeCapacityOutputs(outputs: readonly CapacityOutput[], file: CapacityFile): Promise<Written> {
  return writeEach(outputs.map(({ option, path, text }) => ({ option, path, text: () => text(file) })));
}
