import { collaboratorsOf, hazards, worldOf } from '../../../scenarios/hazards/index.js';
import { minimise } from '../../../sim/explore/index.js';
import { resolveScenario } from '../../../sim/scenario/index.js';
import { guardedHunt } from './guarded-hunt.js';

/** How small a counterexample became. */
export interface SizeFigures {
  readonly hazard: string;
  /** Ordered events of the shortest known schedule. */
  readonly shortest: number;
  /** Null when the hunt found nothing. */
  readonly minimised: {
    readonly actors: number;
    readonly actions: number;
    readonly faults: number;
    readonly choices: number;
    /** Actions + faults + departures from the order of time. */
    readonly events: number;
    /** ... without the first join of each person, which the catalogue takes for granted. */
    readonly beyondSetUp: number;
    readonly replays: number;
    readonly cpuS: number;
    readonly complete: boolean;
  } | null;
}

/** Hunts with the portfolio from one seed, each hazard in the world that it is for, and minimises what it finds. */
export async function measureSizes(
  options: { readonly hazards: readonly string[]; readonly budget: number; readonly seed: number },
  onRow: (row: SizeFigures) => void = () => undefined,
): Promise<SizeFigures[]> {
  const rows: SizeFigures[] = [];
  for (const hazard of hazards.filter(({ id }) => options.hazards.includes(id))) {
    const collaborators = collaboratorsOf(hazard);
    const scenario = resolveScenario(worldOf(hazard));
    const { caught } = await guardedHunt(scenario, { seed: options.seed, schedules: options.budget, collaborators });
    const before = process.cpuUsage();
    // replays are the limit: seconds would make the result depend on the machine
    const smallest = caught && (await minimise(caught, { collaborators, seconds: Number.POSITIVE_INFINITY }));
    const { user, system } = process.cpuUsage(before);
    let minimised: SizeFigures['minimised'] = null;
    if (smallest !== null) {
      const { actors, actions, faults, choices, replays, complete } = smallest;
      const events = actions + faults + choices;
      const cpuS = (user + system) / 1e6;
      minimised = { actors, actions, faults, choices, events, beyondSetUp: events - actors, replays, cpuS, complete };
    }
    const row = { hazard: hazard.id, shortest: hazard.shortest, minimised };
    rows.push(row);
    onRow(row);
  }
  return rows;
}
