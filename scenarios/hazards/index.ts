import type { ScenarioInput } from '../../sim/scenario/index.js';
import { crossroads } from '../crossroads.js';
import { crossroadsOperators, crossroadsTokens } from '../crossroads-desks.js';
import { switchboard } from '../switchboard.js';
import { switchboardWithoutRedis } from '../switchboard-without-redis.js';
import { voiceCrossroads } from '../voice-crossroads.js';
import { callHazards } from './call-hazards.js';
import { documented } from './documented.js';
import type { Hazard } from './hazard.js';
import { mediaHazards } from './media-hazards.js';
import { migrationHazards } from './migration-hazards.js';
import { serviceHazards } from './service-hazards.js';
import { storeHazards } from './store-hazards.js';

export { type Change, type Classes, classes, collaboratorsOf, type Hazard } from './hazard.js';
export { lackOf } from './lack.js';

/** Every hazard of the zoo, and the documents' own design as a whole. */
export const hazards: readonly Hazard[] = [
  ...storeHazards,
  ...migrationHazards,
  ...serviceHazards,
  ...callHazards,
  ...mediaHazards,
  documented,
];

const worlds = {
  'crossroads-tokens': crossroadsTokens,
  'crossroads-operators': crossroadsOperators,
  switchboard,
  'switchboard-without-redis': switchboardWithoutRedis,
  'voice-crossroads': voiceCrossroads,
};

/** The scenario that a hazard is hunted in. */
export const worldOf = ({ world }: Hazard): ScenarioInput => (world === undefined ? crossroads : worlds[world]);
