import { acceptedOrMissed } from './accepted-or-missed.js';
import { adaptationTime } from './adaptation-time.js';
import { audibleGap } from './audible-gap.js';
import { busyWithoutCall } from './busy-without-call.js';
import { callAgreement } from './call-agreement.js';
import { callLeftovers } from './call-leftovers.js';
import { doubledJoin } from './doubled-join.js';
import { doubledVoice } from './doubled-voice.js';
import { earlyRollback } from './early-rollback.js';
import { epochOrder } from './epoch-order.js';
import { exclusiveWrites } from './exclusive-writes.js';
import { gapBudget } from './gap-budget.js';
import { hotState } from './hot-state.js';
import { idleWhileWaiting } from './idle-while-waiting.js';
import { isolation } from './isolation.js';
import { layerContinuity } from './layer-continuity.js';
import { layerFlapping } from './layer-flapping.js';
import { lockLinearizable } from './lock-linearizable.js';
import { lostJoin } from './lost-join.js';
import { membership } from './membership.js';
import { membershipLinearizable } from './membership-linearizable.js';
import { meshLimit } from './mesh-limit.js';
import { migrationAtomic } from './migration-atomic.js';
import { migrationDropped } from './migration-dropped.js';
import { modeAgreement } from './mode-agreement.js';
import { needlessRollback } from './needless-rollback.js';
import { newestTab } from './newest-tab.js';
import { noConvergence } from './no-convergence.js';
import { noProgress } from './no-progress.js';
import { oneCallEach } from './one-call-each.js';
import { oneEnd } from './one-end.js';
import { onePath } from './one-path.js';
import type { Oracle } from './oracle.js';
import { orphanRoom } from './orphan-room.js';
import { overdueSwitch } from './overdue-switch.js';
import { ownStaff } from './own-staff.js';
import { participantCount } from './participant-count.js';
import { recoveryTime } from './recovery-time.js';
import { revokedMeansRevoked } from './revoked-means-revoked.js';
import { rolloutFlag } from './rollout-flag.js';
import { rolloutGate } from './rollout-gate.js';
import { roomLimit } from './room-limit.js';
import { silentSplit } from './silent-split.js';
import { singleAccept } from './single-accept.js';
import { steadyEstimate } from './steady-estimate.js';
import { stuckMigration } from './stuck-migration.js';

import { tokenWindow } from './token-window.js';

export type {
  Bearer,
  Evidence,
  RolloutDecision,
  RolloutEvidence,
  SessionEvidence,
  StoreCommand,
  StoreEvidence,
  TokenEvidence,
  ViewApplied,
} from './evidence.js';
export { Judge, type Violation } from './judge.js';
export type { Finding, Oracle } from './oracle.js';

/** Every oracle, in the order in which a report names them. */
export const oracles: readonly Oracle[] = [
  modeAgreement,
  membership,
  membershipLinearizable,
  participantCount,
  exclusiveWrites,
  lockLinearizable,
  lostJoin,
  doubledJoin,
  newestTab,
  migrationAtomic,
  migrationDropped,
  stuckMigration,
  needlessRollback,
  overdueSwitch,
  orphanRoom,
  epochOrder,
  onePath,
  audibleGap,
  noProgress,
  hotState,
  noConvergence,
  meshLimit,
  earlyRollback,
  gapBudget,
  doubledVoice,
  layerContinuity,
  layerFlapping,
  steadyEstimate,
  adaptationTime,
  recoveryTime,
  isolation,
  silentSplit,
  tokenWindow,
  roomLimit,
  revokedMeansRevoked,
  singleAccept,
  acceptedOrMissed,
  oneEnd,
  oneCallEach,
  busyWithoutCall,
  ownStaff,
  callAgreement,
  callLeftovers,
  idleWhileWaiting,
  rolloutFlag,
  rolloutGate,
];
