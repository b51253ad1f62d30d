import { documented } from './documented.js';
import type { Hazard } from './hazard.js';
import { mediaHazards } from './media-hazards.js';
import { migrationHazards } from './migration-hazards.js';
import { storeHazards } from './store-hazards.js';

export { type Change, type Classes, classes, collaboratorsOf, type Hazard } from './hazard.js';

/** Every hazard of the zoo, and the documents' own design as a whole. */
export const hazards: readonly Hazard[] = [...storeHazards, ...migrationHazards, ...mediaHazards, documented];
