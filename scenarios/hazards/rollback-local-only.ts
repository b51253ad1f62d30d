import type { ChannelRecord } from '../../core/channel/channel-record.js';
import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { MigrationEvent } from '../../core/migration/migration-machine.js';
import { closeBeforeAllReady } from './close-before-all-ready.js';
import type { Hazard } from './hazard.js';

/** Records as committed by a rollback. */
const rolledBack = new WeakSet<ChannelRecord>();

/**
 * A rollback is one step, told to the clients of the backend that decides it; the others find nothing to catch up with while they believe that the
 * migration goes on. In the core nobody has moved before everybody is ready, so whoever misses a rollback loses nothing; here clients
 * move when they are done, as in `close-before-all-ready`, whose gaps this variant therefore has as well.
 */
export const rollbackLocalOnly: Hazard = {
  id: 'rollback-local-only',
  family: 'migration',
  documented: 'rollback goes to locally connected clients only',
  shows: 'half of the channel is in the SFU, half in P2P',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    ...closeBeforeAllReady.change,
    Migrations: (Base) =>
      class extends Base {
        override fire(context: RuleContext, event: MigrationEvent, reason?: string): boolean {
          const taken = super.fire(context, event, reason);
          const { record } = context.draft;
          if (record.migration?.state !== 'rollingBack') return taken;
          rolledBack.add(record);
          return super.fire(context, 'ROLLED_BACK');
        }
      },
    VoiceBackend: (Base) =>
      class extends Base {
        protected override announcement(record: ChannelRecord): string | null {
          return rolledBack.has(record) ? null : super.announcement(record);
        }

        protected override refresh(channelId: number): void {
          if (!this.channels.record(channelId)?.migration) super.refresh(channelId);
        }
      },
  },
};
