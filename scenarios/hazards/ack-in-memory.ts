import type { ChannelDraft } from '../../core/channel/channel-draft.js';
import type { MigrationRecord } from '../../core/channel/channel-record.js';
import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/**
 * Each backend remembers the acknowledgements it has received itself, and completes when it has all of them.
 */
export const ackInMemory: Hazard = {
  id: 'ack-in-memory',
  family: 'migration',
  documented: 'acknowledged users live in the memory of the starting instance',
  shows: 'the migration of people who have all arrived never completes, and is rolled back',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    Migrations: (Base) =>
      class extends Base {
        private readonly acknowledged = new Set<string>();

        override ready({ draft }: RuleContext, _userId: string, sessionId: string, epoch: number): void {
          this.acknowledged.add(`${draft.record.channelId}/${epoch}/${sessionId}`);
        }

        protected override pending(draft: ChannelDraft, migration: MigrationRecord): number {
          const { channelId } = draft.record;
          return this.awaited(draft, migration).filter(
            ({ sessionId }) => !this.acknowledged.has(`${channelId}/${migration.epoch}/${sessionId}`),
          ).length;
        }
      },
  },
};
