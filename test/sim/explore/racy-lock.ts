import { keys } from '../../../core/keys.js';
import { ChannelLock, type Lease } from '../../../core/store/channel-lock.js';
import type { Replacements } from '../../../sim/world/world.js';
import { greedyLock } from '../oracles/variants.js';

/** Looks whether the lock is free, and takes it: somebody else may come in between. */
class RacyLock extends ChannelLock {
  override async acquire(channelId: number): Promise<Lease | null> {
    const token = this.random.unique();
    const key = keys.lock(channelId);
    for (let waitedMs = 0; waitedMs < this.policy.lockWaitMs; waitedMs += this.policy.lockRetryMs) {
      if ((await this.redis.call('GET', key)) === null) {
        await this.redis.call('SET', key, token, 'PX', this.policy.lockTtlMs);
        return { channelId, token };
      }
      await this.wait(this.policy.lockRetryMs);
    }
    return null;
  }
}

/** A lock that two may get if they ask at the same time, and a store without a fence: needs three ordered events. */
export const racyLock: Replacements = { ...greedyLock.collaborators, ChannelLock: RacyLock };
