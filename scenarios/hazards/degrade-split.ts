import { ChannelDraft } from '../../core/channel/channel-draft.js';
import type { ChannelRecord } from '../../core/channel/channel-record.js';
import type { Lease } from '../../core/store/channel-lock.js';
import { pipelined } from '../../core/store/pipeline.js';
import type { Hazard } from './hazard.js';

/** Stands for the lock while Redis cannot be reached. */
const MEMORY = 'memory';

/**
 * A backend that cannot reach Redis goes on in its memory, on what it has read last, and writes its version down when Redis is back. Another one
 * that could reach it all the time has gone on, too.
 */
export const degradeSplit: Hazard = {
  id: 'degrade-split',
  family: 'degradation',
  documented: 'without Redis a backend keeps channels in memory and merges them afterwards',
  shows: 'two truths: members that one of them knows are lost when the other is written over it',
  enabledBy: 'network',
  shortest: 4,
  change: {
    ChannelLock: (Base) =>
      class extends Base {
        override async acquire(channelId: number): Promise<Lease | null> {
          return super.acquire(channelId).catch(() => ({ channelId, token: MEMORY }));
        }
      },
    ChannelStore: (Base) =>
      class extends Base {
        protected readonly memory = new Map<number, { record: ChannelRecord; nowMs: number; unwritten: boolean }>();

        override async read(channelId: number): Promise<{ record: ChannelRecord; nowMs: number }> {
          const known = this.memory.get(channelId);
          try {
            if (known?.unwritten) {
              const draft = new ChannelDraft(copy(known.record), known.nowMs);
              draft.repair();
              if (draft.exists) await pipelined(this.redis, draft.commands(0));
              known.unwritten = false;
            }
            const { record, nowMs } = await super.read(channelId);
            this.memory.set(channelId, { record: copy(record), nowMs, unwritten: false });
            return { record, nowMs };
          } catch (error) {
            if (!known) throw error;
            return { record: copy(known.record), nowMs: known.nowMs + 1 };
          }
        }

        override async commit(lease: Lease, draft: ChannelDraft, roomRetireMs: number): Promise<boolean> {
          if (lease.token !== MEMORY) return super.commit(lease, draft, roomRetireMs);
          this.memory.set(lease.channelId, { record: copy(draft.record), nowMs: draft.nowMs, unwritten: true });
          return true;
        }
      },
  },
};

const copy = (record: ChannelRecord): ChannelRecord => structuredClone(record);
