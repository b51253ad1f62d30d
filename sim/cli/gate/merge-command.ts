import { readGate } from '../../../reports/gate/index.js';
import { mergeShards } from '../../gate/index.js';
import { type BaselineOptions, baselineOf, comparable } from './baseline-file.js';
import { gateExitCode } from './gate-exit-code.js';
import { type GateFiles, gateOutputs } from './gate-outputs.js';
import { type ShowOptions, showGate } from './show-gate.js';

/**
 * `deadair merge`: joins the shards of a gate to the result that one run would have had, judges, compares, writes.
 * @returns the exit code
 */
export async function mergeCommand(
  paths: readonly string[],
  options: GateFiles & BaselineOptions & ShowOptions,
): Promise<number> {
  const files = await Promise.all(paths.map(async (path) => ({ path, result: await comparable(readGate(path)) })));
  const merged = mergeShards(files);
  const baseline = await baselineOf(options, merged);
  const outputs = await gateOutputs(options, baseline.file === null ? [] : [baseline.file]);
  const result = baseline.compared(merged);
  const { failure } = await showGate(result, outputs, options);
  await baseline.update(result);
  if (failure !== null) throw failure;
  return gateExitCode(result.verdict);
}
