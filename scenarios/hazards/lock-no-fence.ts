import { keys } from '../../core/keys.js';
import type { RedisCommand } from '../../core/ports.js';
import type { Lease } from '../../core/store/channel-lock.js';
import type { Hazard } from './hazard.js';
import { writeUnfenced } from './parts/unfenced-write.js';

/** What has been decided is written without a look at token and version. The lock is released by its owner only, so that nothing else is wrong. */
export const lockNoFence: Hazard = {
  id: 'lock-no-fence',
  family: 'lock and store',
  documented: 'a holder that has lost its lease still writes what it decided on',
  shows: 'a join is overwritten: somebody is missing from the state',
  enabledBy: 'process',
  shortest: 4,
  change: {
    ChannelStore: (Base) =>
      class extends Base {
        protected override async write(
          lease: Lease,
          _version: number,
          commands: readonly RedisCommand[],
        ): Promise<boolean> {
          const lock = keys.lock(lease.channelId);
          await writeUnfenced(this.redis, commands.slice(0, -1));
          if ((await this.redis.call('GET', lock)) === lease.token) await this.redis.call('DEL', lock);
          return true;
        }
      },
  },
};
