import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';

/**
 * Which channels have members connected to this instance, as written in Redis, so that they are found if we die. The commits of channels keep it right;
 * this is for what is not done by a commit, and for a store that has lost it.
 */
export class ChannelListing {
  constructor(
    protected readonly redis: RedisClient,
    protected readonly instance: string,
  ) {}

  async add(channelId: number): Promise<void> {
    await this.redis.call('SADD', keys.backendChannels(this.instance), String(channelId));
  }

  /** The store may have lost the list: enter everything again. */
  again(channelIds: readonly number[]): void {
    for (const channelId of channelIds) this.add(channelId).catch(() => undefined); // entered again by the next resync
  }
}
