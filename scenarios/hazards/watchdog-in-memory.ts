import type { MigrationRecord } from '../../core/channel/channel-record.js';
import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Mode } from '../../core/protocol.js';
import type { Hazard } from './hazard.js';

const NEVER_MS = 1_000 * 86_400_000;

/**
 * What drives a migration by time is in the memory of the instance that started it: its deadline, and the start of the room, which the core
 * lets others take over when the lease on that work ends.
 */
export const watchdogInMemory: Hazard = {
  id: 'watchdog-in-memory',
  family: 'migration',
  documented: 'the watchdog dies with its instance',
  shows: 'a migration whose instance has crashed is stuck, and joins wait for ever',
  enabledBy: 'process',
  shortest: 2,
  change: {
    Migrations: (Base) =>
      class extends Base {
        private readonly started = new Set<number>();

        override start(context: RuleContext, to: Mode, node: string | null): void {
          this.started.add(context.nowMs);
          super.start(context, to, node);
        }

        protected override deadlineMs(migration: MigrationRecord): number {
          return super.deadlineMs(migration) + (this.started.has(migration.startedAtMs) ? 0 : NEVER_MS);
        }

        protected override assign(context: RuleContext, kind: 'start-target' | 'verify-target'): false {
          const { work } = context.outcome;
          const before = work.length;
          super.assign(context, kind);
          if (kind === 'start-target' && !this.started.has(context.draft.record.migration!.startedAtMs))
            work.length = before;
          return false;
        }
      },
  },
};
