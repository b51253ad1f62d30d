import { ackCountEquality } from './ack-count-equality.js';
import { ackLostUpdate } from './ack-lost-update.js';
import { breakBeforeMake } from './break-before-make.js';
import { flagClearedEarly } from './flag-cleared-early.js';
import type { Hazard } from './hazard.js';
import { healthOfOne } from './health-of-one.js';
import { noEpoch } from './no-epoch.js';
import { noHysteresis } from './no-hysteresis.js';
import { rollbackLocalOnly } from './rollback-local-only.js';
import { rollbackOneLeavesOthers } from './rollback-one-leaves-others.js';
import { rollbackStaleRoster } from './rollback-stale-roster.js';
import { thresholdEquality } from './threshold-equality.js';
import { timeoutVsComplete } from './timeout-vs-complete.js';
import { together } from './together.js';
import { watchdogInMemory } from './watchdog-in-memory.js';

/**
 * What can be put together of the documented migration (A4, A6). Two are left out: acknowledgements can be kept in one place only, here in the JSON
 * value of `ack-lost-update`, not in memory (`ack-in-memory`) and not as a plain number (`ack-duplicate`). `close-before-all-ready` is in
 * `rollback-local-only`.
 */
export const documentedMigration: readonly Hazard[] = [
  flagClearedEarly,
  ackLostUpdate,
  ackCountEquality,
  watchdogInMemory,
  timeoutVsComplete,
  noEpoch,
  rollbackLocalOnly,
  rollbackStaleRoster,
  rollbackOneLeavesOthers,
  healthOfOne,
  breakBeforeMake,
  thresholdEquality,
  noHysteresis,
];

/** The documents' own design as a whole, as far as it can be put together. */
export const documented: Hazard = {
  id: 'documented',
  family: 'migration',
  documented: 'the design as the documents have it: every flaw that can stand beside the others',
  shows: 'nearly everything that can go wrong',
  enabledBy: 'scheduling',
  shortest: 1,
  change: together(documentedMigration),
};
