import { existsSync } from 'node:fs';
import { type GateResult, readBaseline, renderBaseline, SchemaVersionError } from '../../../reports/gate/index.js';
import { DeadairError, ExitCode } from '../../errors.js';
import { checkComparable, compareWithBaseline, makeBaseline, PAIRS_MIN } from '../../gate/index.js';
import { writeOutput } from '../outputs.js';

/** What the command line says of a baseline. */
export interface BaselineOptions {
  readonly baseline?: string;
  readonly update?: boolean;
}

const DEFAULT_FILE = 'deadair-baseline.json';

/** What is done with a baseline after the runs. */
export interface BaselineWork {
  /** The file that will be written. */
  readonly file: { readonly option: string; readonly path: string } | null;
  readonly compared: (result: GateResult) => GateResult;
  readonly update: (result: GateResult) => Promise<void>;
}

/**
 * Reads the baseline and makes sure, before anything is run, that it can be compared.
 * @throws DeadairError exit 2 when it cannot be read, exit 6 when it is of something else
 */
export async function baselineOf(
  { baseline: path, update = false }: BaselineOptions,
  { suite, shard }: Pick<GateResult, 'suite' | 'shard'>,
): Promise<BaselineWork> {
  if (path === undefined && !update) return { file: null, compared: (result) => result, update: async () => {} };
  if (shard !== undefined) {
    const message = '--baseline and --update need all runs: give them to deadair merge, not to a shard';
    throw new DeadairError('baseline.shard', message);
  }
  const target = path ?? DEFAULT_FILE;
  if (update) {
    checkSeeds(suite);
    return {
      file: { option: '--baseline', path: target },
      compared: (result) => result,
      update: (result) => updateBaseline(target, result),
    };
  }
  if (!existsSync(target)) {
    throw new DeadairError('baseline.missing', `--baseline ${target} does not exist; make it with --update first`);
  }
  const baseline = await comparable(readBaseline(target));
  checkComparable(suite, baseline, target);
  checkSeeds(suite);
  return {
    file: null,
    compared: (result) => (result.missing === undefined ? compareWithBaseline(result, baseline) : result),
    update: async () => {},
  };
}

/** @throws DeadairError when there is nothing that could be compared */
function checkSeeds({ scenarios }: GateResult['suite']): void {
  if (scenarios.some(({ seeds }) => seeds.length >= PAIRS_MIN)) return;
  const message = `a comparison takes at least ${PAIRS_MIN} seeds of a scenario, and no scenario of this suite has as many: --seeds ${PAIRS_MIN}`;
  throw new DeadairError('baseline.seeds', message);
}

async function updateBaseline(path: string, result: GateResult): Promise<void> {
  if (result.missing !== undefined || result.verdict === 'broken') {
    process.stderr.write(`deadair: ${path} is not updated: some runs have no result\n`);
    return;
  }
  await writeOutput('--baseline', path, renderBaseline(makeBaseline(result)));
  process.stderr.write(`baseline: ${path}\n`);
}

/** A file of another version of its format cannot be compared, and is no wrong usage. */
export async function comparable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof SchemaVersionError)) throw error;
    throw new DeadairError(error.code, error.message, ExitCode.notComparable);
  }
}
