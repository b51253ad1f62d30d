import type { RuleContext } from '../../core/channel/channel-rules.js';
import { keys } from '../../core/keys.js';
import type { Mode } from '../../core/protocol.js';
import type { Hazard } from './hazard.js';

/**
 * Reconciliation undoes migrations that have been going on for too long, judged by a time that nobody has written. With the time written, the
 * same reconciliation does no harm.
 */
export const startedAtUnset: Hazard = {
  id: 'started-at-unset',
  family: 'lock and store',
  documented: 'migration-started-at is never written',
  shows: 'reconciliation rolls a healthy migration back',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    Migrations: (Base) =>
      class extends Base {
        override start(context: RuleContext, to: Mode, node: string | null): void {
          super.start(context, to, node);
          const { draft } = context;
          draft.setMigration({ ...draft.record.migration!, startedAtMs: 0 });
        }
      },
    Reconciler: (Base) =>
      class extends Base {
        protected override async channels(): Promise<void> {
          const { ports, desk, store, policy } = this.options;
          for (const id of (await ports.redis.call('ZRANGE', keys.changed, 0, -1)) as string[]) {
            const { record, nowMs } = await store.read(Number(id));
            const { migration } = record;
            if (migration === null || nowMs < migration.startedAtMs + policy.migrationTimeoutMs) continue;
            await desk.change(record.channelId, (context) => {
              if (context.draft.record.migration?.epoch === migration.epoch)
                desk.rules.migrations.fire(context, 'TIMEOUT', 'stuck');
            });
          }
          await super.channels();
        }
      },
  },
};
