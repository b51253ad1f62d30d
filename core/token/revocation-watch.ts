import { keys } from '../keys.js';
import type { Log, RedisClient, RedisSubscriber, TimerHandle, Timers } from '../ports.js';

/** Somebody inside, and the stamp of the token that let it in. */
export interface TokenBearer {
  readonly userId: string;
  readonly stamp: number;
}

/** What a {@link RevocationWatch} works with. */
export interface RevocationWatchParts<Bearer extends TokenBearer> {
  readonly redis: RedisClient;
  readonly subscriber: RedisSubscriber;
  readonly timers: Timers;
  readonly log: Log;
  /** Everybody inside is looked at this often, whatever was published. */
  readonly everyMs: number;
  readonly inside: () => readonly Bearer[];
  /** The bearer's token is revoked: it has to go. */
  readonly remove: (bearer: Bearer) => void;
}

/**
 * Removes from an SFU node whose tokens have been revoked. Word comes by pub/sub, at most once; so everybody inside is looked at now and
 * then, too. While Redis cannot be asked those inside stay: they were let in rightly, and nobody new is.
 */
export class RevocationWatch<Bearer extends TokenBearer> {
  protected timer: TimerHandle | null = null;
  protected subscribed = false;
  protected stopped = false;

  constructor(protected readonly parts: RevocationWatchParts<Bearer>) {
    parts.subscriber.on('message', (_channel, userId) => void this.look((bearer) => bearer.userId === userId));
  }

  start(): void {
    this.round();
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  protected round(): void {
    if (this.stopped) return;
    if (!this.subscribed) {
      this.subscribed = true;
      this.parts.subscriber.subscribe(keys.revocations).catch(() => {
        this.subscribed = false;
      });
    }
    void this.look(() => true);
    this.timer = this.parts.timers.after(this.parts.everyMs, () => this.round());
  }

  protected async look(concerns: (bearer: Bearer) => boolean): Promise<void> {
    const bearers = this.parts.inside().filter(concerns);
    const users = [...new Set(bearers.map(({ userId }) => userId))];
    if (users.length === 0) return;
    try {
      const stamps = (await this.parts.redis.call('MGET', ...users.map(keys.tokensRevoked))) as (string | null)[];
      const revoked = new Map(users.map((userId, index) => [userId, stamps[index]]));
      for (const bearer of bearers) {
        const stamp = revoked.get(bearer.userId);
        if (stamp && bearer.stamp <= Number(stamp)) this.parts.remove(bearer);
      }
    } catch (error) {
      this.parts.log.write('debug', 'revocations not known', { error: String(error) });
    }
  }
}
