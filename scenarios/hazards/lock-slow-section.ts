import type { RedisCommand } from '../../core/ports.js';
import type { Lease } from '../../core/store/channel-lock.js';
import type { Hazard } from './hazard.js';
import { startingCluster, startingDesk } from './parts/slow-section.js';
import { writeUnfenced } from './parts/unfenced-write.js';

/**
 * The SFU room is started while the channel is locked, and a slow start outlives the lease. The fence would turn that into joins that
 * are refused for as long as the SFU is slow; the documents have none, so it is gone.
 */
export const lockSlowSection: Hazard = {
  id: 'lock-slow-section',
  family: 'lock and store',
  documented: 'the SFU server is started inside the critical section',
  shows: 'the lease ends inside the section: two backends change one channel at the same time',
  enabledBy: 'failure',
  shortest: 4,
  change: {
    SfuCluster: startingCluster,
    ChannelDesk: startingDesk,
    ChannelStore: (Base) =>
      class extends Base {
        protected override write(_: Lease, __: number, commands: readonly RedisCommand[]): Promise<boolean> {
          return writeUnfenced(this.redis, commands);
        }
      },
  },
};
