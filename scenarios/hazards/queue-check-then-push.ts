import type { ChannelDraft } from '../../core/channel/channel-draft.js';
import { encodeQueued } from '../../core/channel/channel-draft.js';
import { type ChannelRecord, holdsJoins } from '../../core/channel/channel-record.js';
import { keys } from '../../core/keys.js';
import type { RedisCommand } from '../../core/ports.js';
import type { Lease } from '../../core/store/channel-lock.js';
import type { Hazard } from './hazard.js';
import { pushing } from './parts/pushed-joins.js';
import { unattendedQueue } from './parts/unattended-queue.js';

/**
 * A join reads "migrating", and pushes itself to the queue in a second step, outside of the lock; the migration may have ended and the
 * queue been drained in between. A section takes out only the joins it has read, so that a push beside it is not lost for another reason
 * (that is `queue-drain-then-delete`). The next change of the channel would find the join; there may be none.
 */
export const queueCheckThenPush: Hazard = {
  id: 'queue-check-then-push',
  family: 'queue',
  documented: '"migrating?" is read, then the join is pushed',
  shows: 'a queued join is lost: its user waits for ever',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    ...unattendedQueue,
    VoiceBackend: pushing(async ({ store, redis }, channelId, userId, join) => {
      const { record } = await store.read(channelId);
      if (!holdsJoins(record) || record.members.has(userId)) return 0;
      return (await redis.call('RPUSH', keys.queue(channelId), join)) as number;
    }),
    ChannelStore: (Base) =>
      class extends Base {
        private readonly lengths = new WeakMap<ChannelRecord, number>();

        override async read(channelId: number): Promise<{ record: ChannelRecord; nowMs: number }> {
          const found = await super.read(channelId);
          this.lengths.set(found.record, found.record.queue.length);
          return found;
        }

        override commit(lease: Lease, draft: ChannelDraft, roomRetireMs: number): Promise<boolean> {
          const { channelId, queue } = draft.record;
          const key = keys.queue(channelId);
          const commands = draft.commands(roomRetireMs).flatMap((command): RedisCommand[] => {
            if (command[1] !== key) return [command];
            if (command[0] === 'DEL') return [['LTRIM', key, this.lengths.get(draft.record)!, -1]];
            return [['LPUSH', key, ...queue.map(encodeQueued).reverse()]];
          });
          return this.write(lease, draft.baseVersion, [...commands, ['DEL', keys.lock(channelId)]]);
        }
      },
  },
};
