import { CLIENT_MACHINE, knownMigrationTransitions, TransitionCoverage, transitionsOf } from '../../coverage/index.js';
import type { Replacements } from '../../world/world.js';
import { clientModel } from './client-model.js';
import { clientLives, clientPaths, playClientPath } from './client-paths.js';
import { type DrivenPath, drive } from './driven-path.js';
import { migrationPaths, playMigrationPath } from './migration-paths.js';
import type { ModelPath } from './paths.js';
import type { Stage } from './stage.js';

/** Some paths, and how to play one of them. */
export interface PathSet {
  readonly name: string;
  readonly paths: readonly ModelPath[];
  readonly play: (path: ModelPath, seed: number, coverage: TransitionCoverage) => Promise<Stage>;
}

/** Seeds to try for each path: more than one only because what happens at the same time may come in another order. */
export const PATH_SEEDS: readonly number[] = [1, 2, 3, 4, 5];

/**
 * Every set of paths there is: all ways through the migration machine to the SFU and to the mesh, all transitions of the client model, and long lives.
 * @param collaborators classes of the core to use instead of its own
 */
export function pathSets(collaborators?: Replacements): PathSet[] {
  const migrations = (['sfu', 'p2p'] as const).map(
    (to): PathSet => ({
      name: `migration to ${to}`,
      paths: migrationPaths(to),
      play: (path, seed, coverage) => playMigrationPath(path, to, { seed, coverage, collaborators }),
    }),
  );
  const play: PathSet['play'] = (path, seed, coverage) => playClientPath(path, { seed, coverage, collaborators });
  return [
    ...migrations,
    { name: 'client', paths: clientPaths(), play },
    { name: 'life of a client', paths: clientLives(), play },
  ];
}

/** A tally that knows what the migration machine and the client model can do. */
export function modelCoverage(): TransitionCoverage {
  return new TransitionCoverage([
    ...knownMigrationTransitions,
    { machine: CLIENT_MACHINE, transitions: transitionsOf(clientModel) },
  ]);
}

/**
 * Plays one path of a set, and adds what it took to a tally.
 * @throws Error when the world took the path and yet is not what the model says, or an oracle objects
 */
export function playPath(set: PathSet, path: ModelPath, coverage: TransitionCoverage): Promise<DrivenPath> {
  return drive(path, PATH_SEEDS, (each, seed) => set.play(each, seed, coverage));
}
