import type { Marks } from '../../oracles/marks/index.js';
import type { World } from '../world.js';
import { watchClients } from './client-marks.js';
import { markCounted } from './counted-marks.js';
import { MigrationWatch } from './migration-watch.js';
import { watchStore } from './store-marks.js';

/** Ends a watch: adds what is known only at the end. */
export interface MarkWatch {
  conclude(): void;
}

/**
 * Notes in `marks` what is reached in a world, from outside: what clients see, what the store executes, what the core counts and logs.
 * Call it before the world runs. One set of marks may be given to many worlds, one after the other.
 */
export function watchMarks(world: World, marks: Marks): MarkWatch {
  const migrations = new MigrationWatch(world, marks);
  watchStore(world, marks, migrations);
  watchClients(world, marks, migrations);
  return { conclude: () => markCounted(world, marks) };
}
