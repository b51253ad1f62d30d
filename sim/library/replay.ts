import { readFile } from 'node:fs/promises';
import { parseRepro, type Repro, replayCase, suspectOf } from '../explore/index.js';
import type { Oracle, Violation } from '../oracles/index.js';
import type { Replacements } from '../world/world.js';

/** What came of a replay. */
export interface Replayed {
  /** Who objects now; null: nobody any more. */
  readonly violation: Violation | null;
  /** The world ran exactly as it did when the repro was made. */
  readonly same: boolean;
}

/**
 * Replays a repro, or a file with one.
 * @param options the collaborators and oracles of the hunt that made it
 * @throws DeadairError when the file is damaged, or of another version
 */
export async function replay(
  repro: Repro | string,
  options: { readonly collaborators?: Replacements; readonly oracles?: readonly Oracle[] } = {},
): Promise<Replayed> {
  const parsed = typeof repro === 'string' ? parseRepro(await readFile(repro, 'utf8'), repro) : repro;
  const { violation, traceHash } = await replayCase(suspectOf(parsed), options);
  return { violation, same: traceHash === parsed.traceHash };
}
