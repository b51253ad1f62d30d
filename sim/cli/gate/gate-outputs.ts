import {
  type GateResult,
  renderGateHtml,
  renderGateJson,
  renderGateJunit,
  renderGateMarkdown,
} from '../../../reports/gate/index.js';
import { checkOutputs, type Written, writeEach } from '../outputs.js';

const RENDERERS = {
  out: renderGateJson,
  junit: renderGateJunit,
  html: renderGateHtml,
  markdown: renderGateMarkdown,
} as const;

/** Files that `deadair gate` and `deadair merge` write. */
export type GateFiles = Readonly<Partial<Record<keyof typeof RENDERERS, string>>>;

/** One file that was asked for. */
export interface GateOutput {
  readonly option: string;
  readonly path: string;
  readonly render: (result: GateResult) => string;
}

/**
 * The files that options ask for; makes sure that all of them can be written.
 * @param others files that are written in another way
 * @throws DeadairError `output.unwritable`
 */
export async function gateOutputs(
  files: GateFiles,
  others: readonly { readonly option: string; readonly path: string }[] = [],
): Promise<GateOutput[]> {
  const outputs = Object.entries(RENDERERS).flatMap(([name, render]) => {
    const path = files[name as keyof typeof RENDERERS];
    return path === undefined ? [] : [{ option: `--${name}`, path, render }];
  });
  await checkOutputs([...outputs, ...others].map(({ option, path }) => ({ option, path, render: null })));
  return outputs;
}

/** Writes those that can be written. */
export function writeGateOutputs(outputs: readonly GateOutput[], result: GateResult): Promise<Written> {
  return writeEach(outputs.map(({ option, path, render }) => ({ option, path, text: () => render(result) })));
}
