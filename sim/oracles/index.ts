import { audibleGap } from './audible-gap.js';
import { doubledJoin } from './doubled-join.js';
import { epochOrder } from './epoch-order.js';
import { exclusiveWrites } from './exclusive-writes.js';
import { lostJoin } from './lost-join.js';
import { membership } from './membership.js';
import { migrationAtomic } from './migration-atomic.js';
import { modeAgreement } from './mode-agreement.js';
import { newestTab } from './newest-tab.js';
import { onePath } from './one-path.js';
import type { Oracle } from './oracle.js';
import { orphanRoom } from './orphan-room.js';
import { participantCount } from './participant-count.js';
import { stuckMigration } from './stuck-migration.js';

export type { Evidence, SessionEvidence, StoreCommand, StoreEvidence, ViewApplied } from './evidence.js';
export { Judge, type Violation } from './judge.js';
export type { Finding, Oracle } from './oracle.js';

/** Every oracle, in the order in which a report names them. */
export const oracles: readonly Oracle[] = [
  modeAgreement,
  membership,
  participantCount,
  exclusiveWrites,
  lostJoin,
  doubledJoin,
  newestTab,
  migrationAtomic,
  stuckMigration,
  orphanRoom,
  epochOrder,
  onePath,
  audibleGap,
];
