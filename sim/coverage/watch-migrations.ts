import type { ChannelDraft } from '../../core/channel/channel-draft.js';
import type { RuleContext } from '../../core/channel/channel-rules.js';
import {
  type MigrationEvent,
  type MigrationState,
  migrationMachine,
  migrationStep,
} from '../../core/migration/migration-machine.js';
import { Migrations } from '../../core/migration/migrations.js';
import type { Mode } from '../../core/protocol.js';
import type { Lease } from '../../core/store/channel-lock.js';
import { ChannelStore } from '../../core/store/channel-store.js';
import type { Replacements } from '../world/world.js';
import type { KnownTransitions } from './transition-coverage.js';
import { transitionsOf } from './transitions-of.js';

/** A transition of a channel's migration that has been committed. */
export interface MigrationTransition {
  readonly channelId: number;
  readonly to: Mode;
  readonly from: MigrationState;
  readonly event: MigrationEvent;
  readonly state: MigrationState;
}

/** The name under which the coverage table lists migrations: the way to the mesh is not the way to the SFU. */
export const migrationMachineName = (to: Mode): string => `migration to ${to}`;

/** A mesh has no target that could fail or get lost, is ready at once, and is verified by its members themselves. */
const NOT_TO_A_MESH: readonly string[] = [
  'preparing TARGET_FAILED',
  'preparing TARGET_LOST',
  'preparing TIMEOUT',
  'preparing ABANDONED',
  'migrating CLIENT_FAILED',
  'migrating TARGET_LOST',
  'verifying MEMBER_PENDING',
  'verifying CLIENT_FAILED',
  'verifying TARGET_LOST',
  'verifying TIMEOUT',
  'verifying ABANDONED',
  'completed TARGET_LOST',
];

/** What migrations can do, either way. */
export const knownMigrationTransitions: readonly KnownTransitions[] = [
  { machine: migrationMachineName('sfu'), transitions: transitionsOf(migrationMachine) },
  {
    machine: migrationMachineName('p2p'),
    transitions: transitionsOf(migrationMachine).filter(
      ([state, event]) => !NOT_TO_A_MESH.includes(`${state} ${event}`),
    ),
  },
];

/**
 * Classes for a core that tells of its migrations. A transition counts when the draft in which it was taken has been committed: a
 * critical section may be repeated, and one that lost its lock has changed nothing.
 * @param listener called in the order of the commits as their backends learn of them
 * @param base replacements to put this on top of, e.g. a hazard's
 */
export function watchMigrations(
  listener: (transition: MigrationTransition) => void,
  base: Replacements = {},
): Replacements {
  const drafts = new WeakMap<ChannelDraft, MigrationTransition[]>();
  class WatchedMigrations extends (base.Migrations ?? Migrations) {
    override fire(context: RuleContext, event: MigrationEvent, reason?: string): boolean {
      const { draft } = context;
      const { state: from, to } = draft.record.migration!;
      const taken = super.fire(context, event, reason);
      if (taken) {
        const { channelId } = draft.record;
        const transition = { channelId, to, from, event, state: migrationStep(from, event).state };
        const transitions = drafts.get(draft);
        if (transitions) transitions.push(transition);
        else drafts.set(draft, [transition]);
      }
      return taken;
    }
  }
  class WatchedStore extends (base.ChannelStore ?? ChannelStore) {
    override async commit(lease: Lease, draft: ChannelDraft, roomRetireMs: number): Promise<boolean> {
      const committed = await super.commit(lease, draft, roomRetireMs);
      const transitions = drafts.get(draft);
      if (committed && transitions) {
        drafts.delete(draft);
        for (const transition of transitions) listener(transition);
      }
      return committed;
    }
  }
  return { ...base, Migrations: WatchedMigrations, ChannelStore: WatchedStore };
}
