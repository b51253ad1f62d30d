import { type Catch, hunt, replayCase } from '../../../sim/explore/index.js';
import type { Scenario } from '../../../sim/scenario/index.js';
import type { Replacements } from '../../../sim/world/world.js';

export interface GuardedHunt {
  readonly caught: Catch | null;
  /** Up to the catch, that one included; or all. */
  readonly schedules: number;
  /** Catches that did not count. */
  readonly accusations: number;
}

export interface GuardedOptions {
  readonly seed: number;
  readonly schedules: number;
  readonly collaborators: Replacements;
  readonly strategy?: string;
  readonly schedulesPerSeed?: number;
}

/**
 * Hunts for a hazard. What the same schedule of the correct core is accused of, too, is not the hazard's: it does not count, and the hunt goes on
 * with the next seed, as it does for fast-check.
 */
export async function guardedHunt(scenario: Scenario, options: GuardedOptions): Promise<GuardedHunt> {
  let { seed } = options;
  let schedules = 0;
  let accusations = 0;
  while (schedules < options.schedules) {
    const result = await hunt(scenario, { ...options, seed, schedules: options.schedules - schedules });
    schedules += result.schedules;
    seed += result.seeds;
    const { caught } = result;
    if (caught === null) break;
    const innocent = await replayCase(caught, {});
    // hunts end with whole seeds, which may be a little beyond the budget
    if (innocent.violation?.oracle !== caught.violation.oracle)
      return { caught: schedules <= options.schedules ? caught : null, schedules, accusations };
    accusations++;
  }
  return { caught: null, schedules, accusations };
}
