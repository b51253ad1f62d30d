import { keys } from '../../core/keys.js';
import type { RedisCommand } from '../../core/ports.js';
import type { Lease } from '../../core/store/channel-lock.js';
import type { Hazard } from './hazard.js';
import { clockedLock, isOver } from './parts/clock-lease.js';
import { writeUnfenced } from './parts/unfenced-write.js';

/**
 * The lock is given back with a plain `DEL`, whoever holds it by now. The fence would make that harmless (nobody writes without its token), so
 * it is gone: a holder believes in its lease for as long as its own clock says. It never writes too late; it only releases too late.
 */
export const lockReleaseUnowned: Hazard = {
  id: 'lock-release-unowned',
  family: 'lock and store',
  documented: 'the lock is released with a plain DEL, without a look at whose it is',
  shows: 'two backends change one channel at the same time',
  enabledBy: 'process',
  shortest: 5,
  change: {
    ChannelLock: (Base) =>
      class extends clockedLock(Base) {
        override async release(lease: Lease): Promise<void> {
          await this.redis.call('DEL', keys.lock(lease.channelId)).catch(() => undefined); // the lease runs out by itself
        }
      },
    ChannelStore: (Base) =>
      class extends Base {
        protected override async write(
          lease: Lease,
          _version: number,
          commands: readonly RedisCommand[],
        ): Promise<boolean> {
          if (isOver(lease)) return false;
          const release = commands.at(-1)!;
          await writeUnfenced(this.redis, commands.slice(0, -1));
          this.redis.call(...release).catch(() => undefined); // the lease runs out by itself
          return true;
        }
      },
  },
};
