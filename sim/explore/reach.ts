import {
  type CoverageRow,
  knownMigrationTransitions,
  migrationMachineName,
  TransitionCoverage,
  watchMigrations,
} from '../coverage/index.js';
import { Marks } from '../oracles/marks/index.js';
import { watchMarks } from '../world/marks/watch-marks.js';
import type { Replacements, World } from '../world/world.js';

/** What of a hunt's reach is sent between threads: words of {@link Marks}, rows of {@link TransitionCoverage}. */
export interface ReachReport {
  readonly marks: Uint32Array;
  readonly transitions: readonly CoverageRow[];
}

/**
 * What schedules have reached: marks (situations worth reaching) and transitions of the migration machine. Noted from outside; what is
 * never reached has not been tested, however many schedules were run.
 */
export class Reach {
  readonly marks = new Marks();
  readonly transitions = new TransitionCoverage(knownMigrationTransitions);
  private watch: ReturnType<typeof watchMarks> | null = null;

  /** Classes that tell of their transitions, on top of others. */
  watched(base: Replacements | undefined): Replacements {
    return watchMigrations(({ to, from, event }) => this.transitions.note(migrationMachineName(to), from, event), base);
  }

  /** A world is about to run. */
  begin(world: World): void {
    this.watch = watchMarks(world, this.marks);
  }

  /** It has run. */
  conclude(): void {
    this.watch?.conclude();
  }

  report(): ReachReport {
    return { marks: this.marks.words, transitions: this.transitions.table() };
  }

  /** Adds what was reached elsewhere. */
  merge({ marks, transitions }: ReachReport): void {
    this.marks.merge(new Marks(marks));
    this.transitions.merge(transitions);
  }
}
