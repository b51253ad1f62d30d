import type { ChannelDraft } from '../../core/channel/channel-draft.js';
import { keys } from '../../core/keys.js';
import type { RedisCommand } from '../../core/ports.js';
import type { Lease } from '../../core/store/channel-lock.js';
import { pipelined } from '../../core/store/pipeline.js';
import type { Hazard } from './hazard.js';

/**
 * Channels that have become empty stay until reconciliation finds and deletes them, in two steps. Our core deletes a channel together with its
 * last member, in one commit; here that commit leaves an empty channel behind, as the documents' leave does.
 */
export const reconcileDeletesLive: Hazard = {
  id: 'reconcile-deletes-live',
  family: 'reconciliation',
  documented: 'reconciliation deletes channels that were empty when it looked',
  shows: 'a participant in no channel',
  enabledBy: 'scheduling',
  shortest: 4,
  change: {
    ChannelStore: (Base) =>
      class extends Base {
        override commit(lease: Lease, draft: ChannelDraft, roomRetireMs: number): Promise<boolean> {
          if (draft.exists || draft.baseVersion === 0) return super.commit(lease, draft, roomRetireMs);
          const { channelId, version } = draft.record;
          const id = String(channelId);
          const commands: RedisCommand[] = draft
            .commands(roomRetireMs)
            .filter(([name, key]) => name !== 'DEL' && key !== keys.changed);
          commands.push(
            ['DEL', ...membership(channelId)],
            ['HSET', keys.state(channelId), 'count', 0, 'mode', 'p2p', 'sfuRoom', '', 'due', 0, 'version', version],
            ['HSET', keys.state(channelId), 'migrationInProgress', 0, 'belowSince', 0, 'degraded', 0, 'epoch', version],
            ['ZADD', keys.changed, version, id],
            ['DEL', keys.lock(channelId)],
          );
          return this.write(lease, draft.baseVersion, commands);
        }
      },
    Reconciler: (Base) =>
      class extends Base {
        override async run(): Promise<void> {
          await this.emptyChannels();
          await super.run();
        }

        private async emptyChannels(): Promise<void> {
          const { redis } = this.options.ports;
          for (const id of (await redis.call('ZRANGE', keys.changed, 0, -1)) as string[]) {
            const channelId = Number(id);
            if ((await redis.call('SCARD', keys.participants(channelId))) !== 0) continue;
            await pipelined(redis, [
              ['DEL', keys.state(channelId), ...membership(channelId)],
              ['ZREM', keys.changed, id],
            ]);
          }
        }
      },
  },
};

const membership = (channelId: number): string[] => [
  keys.participants(channelId),
  keys.sessions(channelId),
  keys.migration(channelId),
  keys.queue(channelId),
];
