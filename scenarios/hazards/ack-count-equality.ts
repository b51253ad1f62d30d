import type { ChannelDraft } from '../../core/channel/channel-draft.js';
import type { MigrationRecord } from '../../core/channel/channel-record.js';
import type { Hazard } from './hazard.js';

/**
 * Compares two numbers. Those who have acknowledged and left are in one of them.
 */
export const ackCountEquality: Hazard = {
  id: 'ack-count-equality',
  family: 'migration',
  documented: 'completes when acknowledgements == participants',
  shows: 'after one who has acknowledged leaves, the migration never completes, and is rolled back',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    Migrations: (Base) =>
      class extends Base {
        protected override pending(draft: ChannelDraft, migration: MigrationRecord): number {
          return migration.acks.size === this.awaited(draft, migration).length ? 0 : 1;
        }
      },
  },
};
