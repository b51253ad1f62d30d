import { keys } from '../keys.js';
import type { Randomness, RedisClient } from '../ports.js';
import { Script } from '../store/script.js';
import type { TokenPolicy, TokenRequest } from './token-claims.js';
import type { TokenSigner } from './token-signer.js';

/** What comes of asking for a token. */
export type TokenOutcome =
  | { readonly token: string; readonly expiresMs: number }
  /** The user has had too many; the next one is free after `retryAfterMs`. */
  | { readonly token: null; readonly retryAfterMs: number };

/**
 * Takes a place in the user's window and a stamp later than any revocation, as one. The window holds the moment of each token; it lives
 * as long as its newest entry, so it is never without an end.
 */
const takeStamp = new Script(
  'token-stamp',
  `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local window = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return {'0', tostring(oldest[2] + window - now)}
end
local stamp = now
local revoked = redis.call('GET', KEYS[2])
if revoked and tonumber(revoked) >= stamp then stamp = revoked + 1 end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], window + 1)
return {tostring(stamp), tostring(now)}`,
);

/** Everything issued up to now is revoked; remembered for as long as such a token could live. */
const revokeAll = new Script(
  'token-revoke',
  `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local before = redis.call('GET', KEYS[1])
if before and tonumber(before) > now then now = tonumber(before) end
redis.call('SET', KEYS[1], tostring(now), 'PX', ARGV[1])
return tostring(now)`,
);

/**
 * Issues and revokes the tokens of users (A8), on any backend. The limit holds in every sliding window, over all backends, because each token
 * takes its place in the window before it exists; a backend that dies in between has used one up. Issue and revocation are ordered by Redis: an issue
 * before a revocation has a stamp up to the revoked one, an issue after it has a later one.
 */
export class TokenDesk {
  constructor(
    protected readonly redis: RedisClient,
    protected readonly signer: TokenSigner,
    protected readonly random: Randomness,
    protected readonly policy: TokenPolicy,
  ) {}

  /** Rejects when Redis cannot be reached: then nobody gets a token. */
  async issue({ userId, name, room }: TokenRequest): Promise<TokenOutcome> {
    const { perWindow, windowMs, lifetimeMs } = this.policy;
    const jti = this.random.unique();
    const [first, second] = (await takeStamp.run(
      this.redis,
      [keys.tokenWindow(userId), keys.tokensRevoked(userId)],
      [jti, windowMs, perWindow],
    )) as [string, string];
    if (first === '0') return { token: null, retryAfterMs: Math.max(1, Number(second)) };
    const iat = Math.floor(Number(second) / 1000);
    const exp = iat + Math.floor(lifetimeMs / 1000);
    const token = this.signer.write({
      sub: userId,
      iat,
      nbf: iat,
      exp,
      jti,
      name,
      video: { room: room.room, roomJoin: true, canPublish: true, canSubscribe: true },
      node: room.node,
      epoch: room.epoch,
      stamp: Number(first),
    });
    return { token, expiresMs: exp * 1000 };
  }

  /**
   * Revokes all tokens that the user has. Doing it again does no harm.
   * @returns the stamp up to which tokens are revoked
   */
  async revoke(userId: string): Promise<number> {
    const { lifetimeMs, leewayMs } = this.policy;
    const reply = await revokeAll.run(this.redis, [keys.tokensRevoked(userId)], [lifetimeMs + 2 * leewayMs]);
    return Number(reply);
  }
}
