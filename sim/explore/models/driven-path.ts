import type { ModelPath } from './paths.js';
import type { Stage } from './stage.js';

/** What came of a path that was to be driven through a world. */
export interface DrivenPath {
  readonly path: ModelPath;
  /** The seed whose world took exactly this path; null when none did. */
  readonly seed: number | null;
  /** Why other seeds did not, one line each. */
  readonly failures: readonly string[];
}

/** The world has taken another way than the path, or none. */
export class PathLost extends Error {}

/**
 * Plays a path on stages of different seeds, one after the other, until one of them takes exactly this path: two things that happen at the same
 * time may come in another order with another seed. What makes a path fail for another reason than its order is thrown.
 * @param play throws {@link PathLost} when the world goes another way
 */
export async function drive(
  path: ModelPath,
  seeds: readonly number[],
  play: (path: ModelPath, seed: number) => Promise<Stage>,
): Promise<DrivenPath> {
  const failures: string[] = [];
  for (const seed of seeds) {
    try {
      await play(path, seed);
      return { path, seed, failures };
    } catch (error) {
      if (!(error instanceof PathLost)) throw error;
      failures.push(`seed ${seed}: ${error.message}`);
    }
  }
  return { path, seed: null, failures };
}
