import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';
import { Script } from '../store/script.js';
import type { CallPolicy } from './call-policy.js';

/** A person that a backend has heard of since its last tick. */
export interface HeardPerson {
  readonly userId: string;
  readonly session: string;
  /** What its client has seen last. */
  readonly version: number;
}

export interface CallTickReply {
  /** What is to be done: `call:`, `org:` or `person:` and an id. Nobody else is told of it until the claim is over. */
  readonly due: readonly string[];
  /** People whose client has not seen the present version. */
  readonly behind: readonly string[];
  /** From which one on the next tick notes leases that have run out. */
  readonly nextExpired: number;
}

/** Taken on in one tick at most. */
const DUE_LIMIT = 50;
/** Leases that have run out, noted in one tick at most: those who are waited for stand among them for a while, so that the next tick goes on behind them. */
export const EXPIRED_LIMIT = 1_000;
/** Words that Lua puts on its stack at once: it has room for some 8 000. */
const UNPACKED_MAX = 1_000;

const tickScript = new Script(
  'call-tick',
  `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local behind = {}
local renewed = {}
local until_ms = now + tonumber(ARGV[1])
for i = 6, #ARGV, 3 do
  local row = redis.call('HMGET', 'person:' .. ARGV[i], 'session', 'version', 'state')
  if row[1] == ARGV[i + 1] and row[3] ~= 'off' then
    renewed[#renewed + 1] = until_ms
    renewed[#renewed + 1] = ARGV[i]
    if #renewed == ${UNPACKED_MAX} then
      redis.call('ZADD', KEYS[1], unpack(renewed))
      renewed = {}
    end
  end
  if (row[2] or '0') ~= ARGV[i + 2] then behind[#behind + 1] = ARGV[i] end
end
if #renewed > 0 then redis.call('ZADD', KEYS[1], unpack(renewed)) end
local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', ARGV[5], ARGV[4])
for i = 1, #expired do redis.call('ZADD', KEYS[2], 'NX', now, 'person:' .. expired[i]) end
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[3])
for i = 1, #due do redis.call('ZADD', KEYS[2], now + tonumber(ARGV[2]), due[i]) end
return {due, behind, #expired}`,
);

/** Renews the leases of those who were heard, learns who has missed something, and takes on what is due: one round trip. @param fromExpired as the tick before said; 0: from the longest ago on */
export async function callTick(
  redis: RedisClient,
  heard: readonly HeardPerson[],
  policy: CallPolicy,
  fromExpired = 0,
): Promise<CallTickReply> {
  const [due, behind, expired] = (await tickScript.run(
    redis,
    [keys.personLeases, keys.callsDue],
    [
      policy.leaseMs,
      policy.claimMs,
      DUE_LIMIT,
      EXPIRED_LIMIT,
      fromExpired,
      ...heard.flatMap((one) => [one.userId, one.session, one.version]),
    ],
  )) as [string[], string[], number];
  // those who are dealt with leave their places to those behind them: nobody is passed over for ever
  return { due, behind, nextExpired: expired < EXPIRED_LIMIT ? 0 : fromExpired + expired };
}

const routeScript = new Script(
  'call-route',
  `if redis.call('ZCARD', KEYS[1]) == 0 or redis.call('ZCARD', KEYS[2]) == 0 then
  redis.call('ZREM', KEYS[3], ARGV[1])
  return {}
end
return redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[3])`,
);

/** Waiting calls are looked at in pages of this many. */
export const WAITING_PAGE = 10;

/** The calls that have waited longest, after the first `from`, if anybody is free; else nobody has to look any more. */
export async function waitingCalls(redis: RedisClient, org: number, from: number): Promise<string[]> {
  const reply = await routeScript.run(
    redis,
    [keys.waitingCalls(org), keys.idleStaff(org), keys.callsDue],
    [`org:${org}`, from, from + WAITING_PAGE - 1],
  );
  return reply as string[];
}
