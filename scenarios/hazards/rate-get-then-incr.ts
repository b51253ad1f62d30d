import { keys } from '../../core/keys.js';
import { timeMs } from '../../core/store/channel-store.js';
import { pipelined } from '../../core/store/pipeline.js';
import type { Hazard } from './hazard.js';

/** The count is read, and only then raised: all who read in between see the same free place. */
export const rateGetThenIncr: Hazard = {
  id: 'rate-get-then-incr',
  family: 'limits',
  documented: 'the limit of tokens reads the count, then increments it',
  shows: 'a user gets more tokens than the limit',
  enabledBy: 'scheduling',
  shortest: 4,
  world: 'crossroads-tokens',
  change: {
    TokenDesk: (Base) =>
      class extends Base {
        protected override async takePlace(userId: string, jti: string): Promise<[string, string]> {
          const { perWindow, windowMs } = this.policy;
          const key = keys.tokenWindow(userId);
          const now = timeMs(await this.redis.call('TIME'));
          const [count, oldest, revoked] = (await pipelined(this.redis, [
            ['ZCOUNT', key, now - windowMs + 1, '+inf'],
            ['ZRANGE', key, -perWindow, -perWindow, 'WITHSCORES'],
            ['GET', keys.tokensRevoked(userId)],
          ])) as [number, string[], string | null];
          if (count >= perWindow) return ['0', String(Number(oldest[1]) + windowMs - now)];
          await pipelined(this.redis, [
            ['ZADD', key, now, jti],
            ['PEXPIRE', key, windowMs + 1],
          ]);
          return [String(Math.max(now, Number(revoked ?? 0) + 1)), String(now)];
        }
      },
  },
};
