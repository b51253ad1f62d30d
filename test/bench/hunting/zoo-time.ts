import { crossroads } from '../../../scenarios/crossroads.js';
import { hazards, worldOf } from '../../../scenarios/hazards/index.js';
import { startPool } from '../../../sim/cli/hunt/pool.js';
import { seedOptionsOf } from '../../../sim/explore/index.js';
import { resolveScenario } from '../../../sim/scenario/index.js';

export interface ZooFigures {
  readonly hunts: number;
  readonly found: number;
  readonly missed: readonly string[];
  /** Who objects to the correct core in the same hunt, without a hazard: what was found of such a kind may not be the hazard's. Not in the times. */
  readonly correctCore: string | null;
  readonly schedules: number;
  readonly workers: number;
  readonly wallS: number;
  /** Of all threads. */
  readonly cpuS: number;
}

/** The whole zoo with the portfolio, one seed each, as `deadair zoo` does it. */
export async function measureZoo(workers: number, budget: number, ids: readonly string[]): Promise<ZooFigures> {
  const { strategy, schedulesPerSeed } = seedOptionsOf({});
  const startedMs = performance.now();
  const before = process.cpuUsage();
  const scenario = resolveScenario(crossroads);
  const pool = startPool({ scenario, options: { strategy, schedulesPerSeed }, hazards: [] }, workers);
  const left = hazards.filter(({ id }) => ids.includes(id));
  const hunts = left.length;
  const missed: string[] = [];
  let schedules = 0;
  const work = async () => {
    for (let hazard = left.shift(); hazard; hazard = left.shift()) {
      const { id } = hazard;
      const world = hazard.world === undefined ? {} : { scenario: resolveScenario(worldOf(hazard)) };
      const result = await pool.whole({ ...world, hazards: [id], strategy, seed: 1, schedules: budget });
      schedules += result.schedules;
      if (result.oracle === null) missed.push(id);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const { user, system } = process.cpuUsage(before);
  const wallS = (performance.now() - startedMs) / 1e3;
  const correct = await pool.whole({ hazards: [], strategy, seed: 1, schedules: budget });
  await pool.close();
  return {
    hunts,
    found: hunts - missed.length,
    missed,
    correctCore: correct.oracle,
    schedules,
    workers,
    wallS,
    cpuS: (user + system) / 1e6,
  };
}
