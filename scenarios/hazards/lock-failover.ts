import type { RedisCommand } from '../../core/ports.js';
import type { Lease } from '../../core/store/channel-lock.js';
import type { Hazard } from './hazard.js';
import { clockedLock, isOver } from './parts/clock-lease.js';
import { startingCluster, startingDesk } from './parts/slow-section.js';
import { writeUnfenced } from './parts/unfenced-write.js';

/**
 * The lock may vanish before its time: the primary is replaced by one that has not heard of it, or starts again without its last second.
 * The holder never outlives its lease (by its own clock) and believes in it that long. Our section is two round trips and breaks off with the
 * connection; the documents' section also starts the SFU, during which nobody notices that the primary is another one.
 */
export const lockFailover: Hazard = {
  id: 'lock-failover',
  family: 'lock and store',
  documented: 'the lock lives on one primary with asynchronous replication',
  shows: 'two backends change one channel at the same time',
  enabledBy: 'failure',
  shortest: 4,
  change: {
    SfuCluster: startingCluster,
    ChannelDesk: startingDesk,
    ChannelLock: clockedLock,
    ChannelStore: (Base) =>
      class extends Base {
        protected override async write(lease: Lease, _: number, commands: readonly RedisCommand[]): Promise<boolean> {
          return !isOver(lease) && writeUnfenced(this.redis, commands);
        }
      },
  },
};
