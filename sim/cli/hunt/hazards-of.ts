import { collaboratorsOf, type Hazard, hazards, lackOf, worldOf } from '../../../scenarios/hazards/index.js';
import { DeadairError } from '../../errors.js';
import { didYouMean, type Scenario } from '../../scenario/index.js';
import type { Replacements } from '../../world/world.js';

/** The hazards with these ids. @throws DeadairError when there is none of a name */
export function hazardsOf(ids: readonly string[]): Hazard[] {
  return ids.map((id) => {
    const hazard = hazards.find((each) => each.id === id);
    if (hazard !== undefined) return hazard;
    const names = hazards.map((each) => each.id);
    throw new DeadairError(
      'hunt.hazard',
      `there is no hazard "${id}"${didYouMean(id, names)}; deadair zoo --list shows them`,
    );
  });
}

/** The core with these hazards in it; undefined: the core as it is. */
export function replacementsOf(ids: readonly string[]): Replacements | undefined {
  return ids.length === 0 ? undefined : collaboratorsOf(...hazardsOf(ids));
}

/** A sentence for each hazard that can never show itself in a scenario, with the one in which it can. */
export function hazardWarnings(ids: readonly string[], scenario: Scenario): string[] {
  return hazardsOf(ids).flatMap((hazard) => {
    const lack = lackOf(hazard, scenario);
    const world = worldOf(hazard).name;
    return lack === null
      ? []
      : [
          `hazard ${hazard.id} cannot show itself in ${scenario.name}: ${lack}; hunt it with: deadair hunt ${world} --hazard ${hazard.id}`,
        ];
  });
}

/** Where else the hazards of a hunt that has found nothing are hunted: a command for each that has another scenario; none for those that were warned of. */
export function otherWorlds(ids: readonly string[], scenario: Scenario): string[] {
  return hazardsOf(ids)
    .filter((hazard) => worldOf(hazard).name !== scenario.name && lackOf(hazard, scenario) === null)
    .map((hazard) => `deadair hunt ${worldOf(hazard).name} --hazard ${hazard.id}`);
}
