import { ackCountEquality } from './ack-count-equality.js';
import { ackLostUpdate } from './ack-lost-update.js';
import { breakBeforeMake } from './break-before-make.js';
import { countByIncrement } from './count-by-increment.js';
import { flagClearedEarly } from './flag-cleared-early.js';
import type { Hazard } from './hazard.js';
import { healthOfOne } from './health-of-one.js';
import { joinNoUndo } from './join-no-undo.js';
import { joinTorn } from './join-torn.js';
import { lockReleaseUnowned } from './lock-release-unowned.js';
import { lockSlowSection } from './lock-slow-section.js';
import { noEpoch } from './no-epoch.js';
import { noHysteresis } from './no-hysteresis.js';
import { pubsubAtMostOnce } from './pubsub-at-most-once.js';
import { queueCheckThenPush } from './queue-check-then-push.js';
import { queueDrainThenDelete } from './queue-drain-then-delete.js';
import { queueErrorDropped } from './queue-error-dropped.js';
import { queueGhost } from './queue-ghost.js';
import { queueNotifyLocal } from './queue-notify-local.js';
import { queuePopCrash } from './queue-pop-crash.js';
import { reconcileDeletesLive } from './reconcile-deletes-live.js';
import { reconcileUnlocked } from './reconcile-unlocked.js';
import { rollbackLocalOnly } from './rollback-local-only.js';
import { rollbackOneLeavesOthers } from './rollback-one-leaves-others.js';
import { rollbackStaleRoster } from './rollback-stale-roster.js';
import { sfuLossOverload } from './sfu-loss-overload.js';
import { thresholdEquality } from './threshold-equality.js';
import { timeoutVsComplete } from './timeout-vs-complete.js';
import { together, without } from './together.js';
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

/**
 * What can be put together of the documented lock, store, queue, reconciliation and degradation, in the order in which it is made. `lock-slow-section`
 * writes without a fence and does not ask whose lock it is, so `lock-no-fence` and `lock-failover` are in it, and `lock-release-unowned` adds only
 * its release. Of `queue-check-then-push` there is the push, not the store, which spares joins pushed meanwhile while `queue-drain-then-delete`
 * deletes them. Three are left out because they keep others from showing:
 * - `started-at-unset` undoes every migration with the next reconciliation, and the watchdogs know their migrations by that very time;
 * - `leave-flag-stuck` ends every way back to the mesh, also that of `sfu-loss-overload` and `no-hysteresis`;
 * - `queue-retry-double` counts joins where they are taken out of the queue, which in `queue-pop-crash` is not where they are done.
 */
export const documentedStore: readonly Hazard[] = [
  without(lockReleaseUnowned, 'ChannelStore'),
  lockSlowSection,
  joinTorn,
  countByIncrement,
  joinNoUndo,
  pubsubAtMostOnce,
  queueDrainThenDelete,
  without(queueCheckThenPush, 'ChannelStore'),
  queuePopCrash,
  queueGhost,
  queueNotifyLocal,
  queueErrorDropped,
  reconcileUnlocked,
  reconcileDeletesLive,
  sfuLossOverload,
];

/** The documents' own design as a whole, as far as it can be put together. */
export const documented: Hazard = {
  id: 'documented',
  family: 'migration',
  documented: 'the design as the documents have it: every flaw that can stand beside the others',
  shows: 'nearly everything that can go wrong',
  enabledBy: 'scheduling',
  shortest: 1,
  change: together([...documentedMigration, ...documentedStore]),
};
