import type { ChannelRecord, MigrationRecord } from '../../core/channel/channel-record.js';
import type { ChannelWork } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/**
 * The instance that starts a migration sets a watchdog, which looks whether the migration is still there and then, in another step, restores the mode
 * there was before. The deadline that the core decides under the lock comes only one time-out later.
 */
export const timeoutVsComplete: Hazard = {
  id: 'timeout-vs-complete',
  family: 'migration',
  documented: 'the watchdog and the last acknowledgement do not exclude each other',
  shows: 'a migration is completed and rolled back: the mode changes back although nobody was asked',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    Migrations: (Base) =>
      class extends Base {
        protected override deadlineMs(migration: MigrationRecord): number {
          const mayWait = migration.state === 'migrating' || migration.state === 'verifying';
          return super.deadlineMs(migration) + (mayWait ? this.policy.migrationTimeoutMs : 0);
        }
      },
    VoiceBackend: (Base) =>
      class extends Base {
        protected override committed(
          record: ChannelRecord,
          nowMs: number,
          announced: boolean,
          work: readonly ChannelWork[],
        ): void {
          super.committed(record, nowMs, announced, work);
          const { migration } = record;
          if (migration?.startedAtMs === nowMs && !this.stopped)
            this.options.ports.timers.after(
              this.options.policy.migrationTimeoutMs,
              () => void this.watch(record, migration.epoch).catch(() => undefined), // the deadline is still there
            );
        }

        private async watch({ channelId, mode, sfu }: ChannelRecord, epoch: number): Promise<void> {
          const { record } = await this.store.read(channelId);
          if (record.migration?.epoch !== epoch) return;
          await this.desk.change(channelId, (context) => {
            const { draft } = context;
            if (draft.record.migration?.epoch === epoch) this.rules.migrations.fire(context, 'TIMEOUT', 'timeout');
            else if (draft.exists) {
              draft.setMigration(null);
              draft.setMode(mode, sfu);
            }
          });
        }
      },
  },
};
