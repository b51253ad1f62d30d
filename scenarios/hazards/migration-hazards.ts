import { ackCountEquality } from './ack-count-equality.js';
import { ackDuplicate } from './ack-duplicate.js';
import { ackInMemory } from './ack-in-memory.js';
import { ackLostUpdate } from './ack-lost-update.js';
import { breakBeforeMake } from './break-before-make.js';
import { closeBeforeAllReady } from './close-before-all-ready.js';
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
import { watchdogInMemory } from './watchdog-in-memory.js';

/** The races of the documented migration (A4, A6). */
export const migrationHazards: readonly Hazard[] = [
  flagClearedEarly,
  ackLostUpdate,
  ackInMemory,
  ackCountEquality,
  ackDuplicate,
  timeoutVsComplete,
  watchdogInMemory,
  rollbackLocalOnly,
  noEpoch,
  closeBeforeAllReady,
  breakBeforeMake,
  rollbackStaleRoster,
  healthOfOne,
  rollbackOneLeavesOthers,
  thresholdEquality,
  noHysteresis,
];
