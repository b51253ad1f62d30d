import type { Judge } from '../oracles/index.js';
import type { World } from './world.js';

const LOOK_EVERY_US = 1_000_000;
const LOOK_AGAIN_US = 20_000_000;

/** When order returned. */
export interface Quiet {
  /** From the end of load and faults until everything was in order for good, in microseconds; null when it never was. */
  afterUs(): number | null;
}

/** Looks, once load and faults are over, every second whether everything is in order; then now and then whether it stays so. */
export function watchForQuiet(world: World, judge: Judge): Quiet {
  const { sim, scenario } = world;
  const loadOverUs = scenario.durationS * 1e6;
  const look = () => {
    const inOrder = judge.look();
    sim.after(inOrder ? LOOK_AGAIN_US : LOOK_EVERY_US, look);
  };
  sim.at(loadOverUs + LOOK_EVERY_US, look);
  return {
    afterUs: () => {
      if (!judge.look()) return null;
      return Math.max(0, judge.quietSinceUs! - Math.max(loadOverUs, world.faults.overUs));
    },
  };
}
