import { writeFile } from 'node:fs/promises';
import { renderRepro } from '../explore/index.js';
import { type LibraryHuntOptions, type LibraryHuntResult, hunt as search } from './hunt.js';

/** A test has found a race: the message is the counterexample, to be read in the test's output. */
export class RaceFound extends Error {
  override readonly name = 'RaceFound';

  constructor(
    message: string,
    readonly result: LibraryHuntResult,
  ) {
    super(message);
    // the stack of the hunt explains nothing
    this.stack = `${this.name}: ${message}`;
  }
}

/** A hunt as a test. */
export interface TestHuntOptions extends LibraryHuntOptions {
  /** File to write the repro to when something is found. */
  readonly repro?: string;
}

/**
 * A hunt as a test: `test('no race', () => hunt({ collaborators: { ChannelLock: MyLock } }))`.
 * @throws RaceFound with the minimal counterexample
 */
export async function hunt(options: TestHuntOptions = {}): Promise<LibraryHuntResult> {
  const result = await search(options);
  if (result.found === null) return result;
  const { repro, timeline } = result.found;
  if (options.repro !== undefined) await writeFile(options.repro, renderRepro(repro));
  const swap =
    repro.critical === null ? '' : `\nSwap these two and it passes: ${repro.critical.first}, ${repro.critical.second}`;
  const again = options.repro === undefined ? `seed ${repro.seed}` : `replay('${options.repro}', ...)`;
  throw new RaceFound(
    `${repro.violation.oracle}: ${repro.violation.message}\n\n${timeline}${swap}\nAgain: ${again}`,
    result,
  );
}
