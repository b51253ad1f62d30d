import { keys } from '../keys.js';
import type { Policy } from '../policy.js';
import type { Clock, Randomness, RedisClient, Timers } from '../ports.js';
import { Script } from './script.js';

/** The right to change one channel, for as long as Redis holds our token under the channel's lock key. */
export interface Lease {
  readonly channelId: number;
  readonly token: string;
  /** Had by the first attempt: what was asked for behind that was executed under the lock. */
  readonly atOnce?: boolean;
}

const release = new Script(
  'release',
  `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`,
);

/**
 * The leased lock of a channel (A2): `SET NX PX`, released only by its owner.
 *
 * A lease is a hint, not a proof: the holder may be paused beyond it, and a failover may lose it. What makes it safe is
 * that the token fences every write: {@link ChannelStore.commit} checks, in the same script that writes, that the token is
 * still the one in Redis. Lock and data live in the same keyspace, so whatever loses one is seen by the other.
 */
export class ChannelLock {
  constructor(
    protected readonly redis: RedisClient,
    protected readonly timers: Timers,
    protected readonly clock: Clock,
    protected readonly random: Randomness,
    protected readonly policy: Policy,
  ) {}

  /**
   * Tries every `lockRetryMs` for `lockWaitMs`; null when the channel stayed locked. Rejects when Redis cannot be reached.
   * @param behind called at most once, in the turn in which the first attempt has been sent: Redis executes what is asked for then right after it, in the same
   * round trip. That was under the lock if the lease was had `atOnce`; otherwise it says nothing. A lock that does not call it is asked first, and then the rest.
   */
  async acquire(channelId: number, behind?: () => void): Promise<Lease | null> {
    const token = this.random.unique();
    const tries = Math.max(1, Math.floor(this.policy.lockWaitMs / this.policy.lockRetryMs));
    for (let attempt = 0; attempt < tries; attempt++) {
      const first = attempt === 0;
      if ((await this.take(channelId, token, first ? behind : undefined)) === 'OK')
        return { channelId, token, atOnce: first };
      await this.wait(this.policy.lockRetryMs);
    }
    return null;
  }

  /** Gives the lock back if it is still ours. Never rejects: the lease ends by itself. */
  async release(lease: Lease): Promise<void> {
    try {
      await release.run(this.redis, [keys.lock(lease.channelId)], [lease.token]);
    } catch {
      // the lease runs out by itself
    }
  }

  /** One attempt; `OK` if the lock is ours. @param behind as for {@link acquire} */
  protected take(channelId: number, token: string, behind?: () => void): Promise<unknown> {
    const reply = this.redis.call('SET', keys.lock(channelId), token, 'NX', 'PX', this.policy.lockTtlMs);
    behind?.();
    return reply;
  }

  protected wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.timers.after(delayMs, resolve);
    });
  }
}
