import { ChannelDraft } from '../../core/channel/channel-draft.js';
import { keys } from '../../core/keys.js';
import { pipelined } from '../../core/store/pipeline.js';
import type { Hazard } from './hazard.js';

/** Reconciliation reads a channel and writes it back as it should be, beside everybody who has the lock. */
export const reconcileUnlocked: Hazard = {
  id: 'reconcile-unlocked',
  family: 'reconciliation',
  documented: 'reconciliation reads state and writes it without the lock',
  shows: 'a join is overwritten: the count is wrong, or a change of mode is undone',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    Reconciler: (Base) =>
      class extends Base {
        protected override async channels(): Promise<void> {
          const { ports, store, policy } = this.options;
          for (const id of (await ports.redis.call('ZRANGE', keys.changed, 0, -1)) as string[]) {
            const { record, nowMs } = await store.read(Number(id));
            const draft = new ChannelDraft(record, nowMs);
            draft.repair();
            if (draft.exists) await pipelined(ports.redis, draft.commands(policy.roomRetireMs));
          }
        }
      },
  },
};
