import type { ChannelDesk } from '../channel/channel-desk.js';
import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';
import { timeMs } from '../store/channel-store.js';
import { pipelined } from '../store/pipeline.js';

/**
 * Migrations that nobody ends although their time is over, and channels that claim to migrate and do not. What is found is only looked at
 * again under the channel's lock: there the rules end what is past its deadline by Redis' clock, and nothing else. A healthy migration cannot be cleared.
 */
export class StuckMigrations {
  constructor(
    protected readonly redis: RedisClient,
    protected readonly desk: ChannelDesk,
    /** Whoever should have ended a migration may be this late. */
    protected readonly graceMs: number,
  ) {}

  /** Clears what is stuck. Resolves with the channels that were. */
  async clear(): Promise<number[]> {
    const cleared: number[] = [];
    for (const id of (await this.redis.call('ZRANGE', keys.changed, 0, -1)) as string[]) {
      const channelId = Number(id);
      const [time, flag, migration] = (await pipelined(this.redis, [
        ['TIME'],
        ['HGET', keys.state(channelId), 'migrationInProgress'],
        ['HMGET', keys.migration(channelId), 'state', 'deadline'],
      ])) as [unknown, string | null, [string | null, string | null]];
      const [state, deadline] = migration;
      const stuck = state === null ? flag === '1' : Number(deadline) + this.graceMs < timeMs(time);
      if (!stuck) continue;
      await this.desk.change(channelId, (context) => context.draft.repair());
      cleared.push(channelId);
    }
    return cleared;
  }
}
