import { countByIncrement } from './count-by-increment.js';
import type { Hazard } from './hazard.js';
import { joinNoUndo } from './join-no-undo.js';
import { joinTorn } from './join-torn.js';
import { leaveFlagStuck } from './leave-flag-stuck.js';
import { lockFailover } from './lock-failover.js';
import { lockNoFence } from './lock-no-fence.js';
import { lockReleaseUnowned } from './lock-release-unowned.js';
import { lockSlowSection } from './lock-slow-section.js';
import { pubsubAtMostOnce } from './pubsub-at-most-once.js';
import { queueCheckThenPush } from './queue-check-then-push.js';
import { queueDrainThenDelete } from './queue-drain-then-delete.js';
import { queueErrorDropped } from './queue-error-dropped.js';
import { queueGhost } from './queue-ghost.js';
import { queueNotifyLocal } from './queue-notify-local.js';
import { queuePopCrash } from './queue-pop-crash.js';
import { queueRetryDouble } from './queue-retry-double.js';
import { reconcileDeletesLive } from './reconcile-deletes-live.js';
import { reconcileUnlocked } from './reconcile-unlocked.js';
import { sfuLossOverload } from './sfu-loss-overload.js';
import { startedAtUnset } from './started-at-unset.js';

/** Hazards of lock, store, queue, reconciliation and degradation, in the order of the catalogue. */
export const storeHazards: readonly Hazard[] = [
  lockReleaseUnowned,
  lockNoFence,
  lockSlowSection,
  lockFailover,
  countByIncrement,
  joinTorn,
  joinNoUndo,
  leaveFlagStuck,
  startedAtUnset,
  pubsubAtMostOnce,
  queueCheckThenPush,
  queueDrainThenDelete,
  queuePopCrash,
  queueGhost,
  queueRetryDouble,
  queueNotifyLocal,
  queueErrorDropped,
  reconcileUnlocked,
  reconcileDeletesLive,
  sfuLossOverload,
];
