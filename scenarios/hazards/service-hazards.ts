import { clearLiveMigration } from './clear-live-migration.js';
import { degradeSplit } from './degrade-split.js';
import type { Hazard } from './hazard.js';
import { rateGetThenIncr } from './rate-get-then-incr.js';

/** Hazards of limits, degradation and administration. Each is hunted in a world in which what it changes is used. */
export const serviceHazards: readonly Hazard[] = [rateGetThenIncr, clearLiveMigration, degradeSplit];
