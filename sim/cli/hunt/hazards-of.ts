import { collaboratorsOf, type Hazard, hazards } from '../../../scenarios/hazards/index.js';
import { DeadairError } from '../../errors.js';
import { didYouMean } from '../../scenario/index.js';
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
