import type { GateResult } from '../../reports/gate/gate-schema.js';
import { DeadairError, ExitCode } from '../errors.js';
import { gateResult } from './gate-result.js';

/** A shard's result, and the file it came from. */
export interface ShardFile {
  readonly path: string;
  readonly result: GateResult;
}

/**
 * Joins all shards of a gate: the very same result as that of one run.
 * @throws DeadairError `merge.shard` (exit 2) for one that is missing, doubled or incomplete; `merge.differs` (exit 6) for shards of different gates
 */
export function mergeShards(files: readonly ShardFile[]): GateResult {
  const [first] = files;
  if (first === undefined) throw wrong('there is no file to merge; name the results of all shards');
  const of = first.result.shard?.of;
  const seen = new Map<number, string>();
  for (const { path, result } of files) {
    const { shard, missing } = result;
    if (shard === undefined || of === undefined) {
      throw wrong(wholeGate(shard === undefined ? { path, result } : first));
    }
    same(first, path, 'deadairVersion', first.result.deadairVersion, result.deadairVersion);
    same(first, path, 'suite.hash', suiteText(first.result), suiteText(result));
    same(first, path, 'shard.of', of, shard.of);
    const other = seen.get(shard.index);
    if (other !== undefined) throw wrong(`shard ${shard.index}/${of} is there twice, in ${other} and ${path}`);
    seen.set(shard.index, path);
    if (missing !== undefined) {
      throw wrong(
        `${path}: shard ${shard.index}/${of} was interrupted, ${missing.length} of its runs are missing; run it again`,
      );
    }
  }
  const absent = Array.from({ length: of ?? 0 }, (_, index) => index + 1).filter((index) => !seen.has(index));
  if (absent.length > 0) {
    const names = absent.map((index) => `${index}/${of}`).join(', ');
    throw wrong(
      `shard ${names} ${absent.length > 1 ? 'are' : 'is'} missing; run deadair gate --shard ${absent[0]}/${of}`,
    );
  }
  const { deadairVersion, suite } = first.result;
  return gateResult({ deadairVersion, suite, runs: files.flatMap(({ result }) => result.runs) });
}

function wholeGate({ path, result: { missing, runs } }: ShardFile): string {
  const whole = `${path} is the result of a whole gate, not of a shard`;
  if (missing === undefined) return `${whole}: there is nothing to merge it with`;
  const total = runs.length + missing.length;
  return `${whole}; it was interrupted, ${missing.length} of its ${total} runs are missing: give the same deadair gate command again, with --resume --out ${path}`;
}

function suiteText({ suite }: GateResult): string {
  return `${suite.name} ${suite.hash}`;
}

function same(first: ShardFile, path: string, field: string, one: unknown, other: unknown): void {
  if (one === other) return;
  throw new DeadairError(
    'merge.differs',
    `${path}: ${field} is ${String(other)}, in ${first.path} it is ${String(one)}; merge only shards of the same gate`,
    ExitCode.notComparable,
  );
}

function wrong(message: string): DeadairError {
  return new DeadairError('merge.shard', message);
}
