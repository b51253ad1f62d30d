import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';

/**
 * Which channels have members connected to this instance, as written in Redis: entered before the first of them is a member, so that
 * they are found if we die.
 */
export class ChannelListing {
  protected readonly listed = new Set<number>();

  constructor(
    protected readonly redis: RedisClient,
    protected readonly instance: string,
  ) {}

  async add(channelId: number): Promise<void> {
    if (this.listed.has(channelId)) return;
    await this.redis.call('SADD', keys.backendChannels(this.instance), String(channelId));
    this.listed.add(channelId);
  }

  remove(channelId: number): void {
    if (!this.listed.delete(channelId)) return;
    this.redis.call('SREM', keys.backendChannels(this.instance), String(channelId)).catch(() => undefined); // a stale entry does no harm
  }

  /** The store may have lost the list: enter everything again. */
  again(channelIds: readonly number[]): void {
    this.listed.clear();
    for (const channelId of channelIds) this.add(channelId).catch(() => undefined); // entered again by the next resync
  }
}
