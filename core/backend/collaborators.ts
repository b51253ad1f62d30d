import { AdminDesk } from '../admin/admin-desk.js';
import { AuditLog } from '../admin/audit-log.js';
import { ForcedMesh } from '../admin/forced-mesh.js';
import { StuckMigrations } from '../admin/stuck-migrations.js';
import { Admission } from '../channel/admission.js';
import { ChannelDesk } from '../channel/channel-desk.js';
import { ChannelRules } from '../channel/channel-rules.js';
import { ModeChoice } from '../channel/mode-choice.js';
import { ConnectionCluster } from '../cluster/connection-cluster.js';
import { SfuCluster } from '../cluster/sfu-cluster.js';
import { Migrations } from '../migration/migrations.js';
import { RolloutController } from '../rollout/rollout-controller.js';
import { ChannelLock } from '../store/channel-lock.js';
import { ChannelStore } from '../store/channel-store.js';
import { TokenBook } from '../token/token-book.js';
import { TokenDesk } from '../token/token-desk.js';
import { Caretaker } from './caretaker.js';
import { ChannelListing } from './channel-listing.js';
import { LocalChannels } from './local-channels.js';
import { Reconciler } from './reconciler.js';
import { Subscription } from './subscription.js';
import { TargetWork } from './target-work.js';
import { Views } from './views.js';

/** The classes that a backend is composed of. Any of them can be replaced by one that does the same work differently. */
export const collaborators = {
  ChannelLock,
  ChannelStore,
  ChannelDesk,
  ChannelRules,
  Admission,
  Migrations,
  ModeChoice,
  ConnectionCluster,
  SfuCluster,
  Caretaker,
  Reconciler,
  Subscription,
  LocalChannels,
  ChannelListing,
  TargetWork,
  Views,
  TokenDesk,
  TokenBook,
  AdminDesk,
  AuditLog,
  ForcedMesh,
  StuckMigrations,
  RolloutController,
} as const;

export type Collaborators = { readonly [Name in keyof typeof collaborators]: (typeof collaborators)[Name] };
