import { readAnyResult } from '../../reports/index.js';
import { DeadairError } from '../errors.js';
import { gateOutputs, writeGateOutputs } from './gate/gate-outputs.js';
import { checkOutputs, outputsOf, type Written, writeOutputs } from './outputs.js';
import { capacityOutputs, writeCapacityOutputs } from './sweep/capacity-outputs.js';

/** Options of `deadair report`. */
export interface ReportOptions {
  readonly out: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly prometheus?: string;
  readonly csv?: string;
}

/** `deadair report`: pages and other formats from the file of a run, of a gate, of a sweep or of a search for the capacity. */
export async function reportCommand(file: string, options: ReportOptions): Promise<void> {
  const { out, csv, ...others } = options;
  const result = await readAnyResult(file);
  const rename = <T extends { readonly option: string }>(output: T): T =>
    output.option === '--report' ? { ...output, option: '--out' } : output;
  if ('kind' in result && result.kind === 'deadair-gate') {
    for (const [option, value] of [
      ['csv', csv],
      ['prometheus', others.prometheus],
    ] as const)
      if (value !== undefined) throw foreign(file, option, 'a gate');
    const { prometheus: _, ...files } = others;
    const outputs = (await gateOutputs({ html: out, ...files })).map((output) =>
      output.option === '--html' ? { ...output, option: '--out' } : output,
    );
    refuseFailed(await writeGateOutputs(outputs, result));
    process.stdout.write(`wrote ${outputs.map((output) => output.path).join(', ')}\n`);
    return;
  }
  if ('kind' in result) {
    for (const option of ['junit', 'prometheus'] as const)
      if (others[option] !== undefined) throw foreign(file, option, 'a sweep or a search');
    const { markdown } = others;
    const formats = {
      report: out,
      ...(markdown === undefined ? {} : { markdown }),
      ...(csv === undefined ? {} : { csv }),
    };
    const outputs = capacityOutputs(formats).map(rename);
    await checkOutputs(outputs);
    refuseFailed(await writeCapacityOutputs(outputs, result));
    process.stdout.write(`wrote ${outputs.map((output) => output.path).join(', ')}\n`);
    return;
  }
  if (csv !== undefined) throw foreign(file, 'csv', 'a run');
  const outputs = outputsOf({ report: out, ...others }).map(rename);
  await checkOutputs(outputs);
  refuseFailed(await writeOutputs(outputs, result));
  process.stdout.write(`wrote ${outputs.map((output) => output.path).join(', ')}\n`);
}

function refuseFailed({ failure }: Written): void {
  if (failure !== null) throw failure;
}

function foreign(file: string, option: string, kind: string): DeadairError {
  return new DeadairError(
    'report.format',
    `${file} is of ${kind}: there is no --${option} of it; leave the option out`,
  );
}
