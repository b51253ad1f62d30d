import type { Hazard } from './hazard.js';

export { type Change, type Classes, collaboratorsOf, type Hazard } from './hazard.js';

/** Every hazard of the zoo. */
export const hazards: readonly Hazard[] = [];
