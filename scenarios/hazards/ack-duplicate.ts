import type { ChannelDraft } from '../../core/channel/channel-draft.js';
import type { MigrationRecord } from '../../core/channel/channel-record.js';
import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/**
 * Every acknowledgement of a member counts, whoever it is from; our clients repeat theirs with each heartbeat. The documented design does not
 * ask the SFU who has arrived, so whoever has been counted counts there, too.
 */
export const ackDuplicate: Hazard = {
  id: 'ack-duplicate',
  family: 'migration',
  documented: 'acknowledgements are counted, not collected per member',
  shows: 'one acknowledgement that arrives twice stands for somebody who is still switching: that member is cut off',
  enabledBy: 'network',
  shortest: 3,
  change: {
    Migrations: (Base) =>
      class extends Base {
        override ready(context: RuleContext, userId: string, sessionId: string, epoch: number): void {
          const { members, migration } = context.draft.record;
          if (migration?.epoch === epoch && members.get(userId)?.sessionId === sessionId)
            context.draft.acknowledge(`${migration.acks.size + 1}`);
        }

        protected override pending(draft: ChannelDraft, migration: MigrationRecord): number {
          return Math.max(0, this.awaited(draft, migration).length - migration.acks.size);
        }

        override targetSeen(context: RuleContext, epoch: number): void {
          super.targetSeen(context, epoch, [...context.draft.record.members.keys()]);
        }
      },
  },
};
