import type { Hazard } from './hazard.js';
import { migrationHazards } from './migration-hazards.js';
import { storeHazards } from './store-hazards.js';

export { documented } from './documented.js';
export { type Change, type Classes, collaboratorsOf, type Hazard } from './hazard.js';

/** Every hazard of the zoo. */
export const hazards: readonly Hazard[] = [...storeHazards, ...migrationHazards];
