import { readResult } from '../../reports/index.js';
import { checkOutputs, outputsOf, writeOutputs } from './outputs.js';

/** `deadair report`: pages and other formats from a result file. */
export async function reportCommand(
  file: string,
  options: { readonly out: string; readonly junit?: string; readonly markdown?: string; readonly prometheus?: string },
): Promise<void> {
  const { out, ...others } = options;
  const outputs = outputsOf({ report: out, ...others }).map((output) =>
    output.option === '--report' ? { ...output, option: '--out' } : output,
  );
  await checkOutputs(outputs);
  await writeOutputs(outputs, await readResult(file));
  process.stdout.write(`wrote ${outputs.map((output) => output.path).join(', ')}\n`);
}
