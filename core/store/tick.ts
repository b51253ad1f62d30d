import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';
import { Script } from './script.js';

/** What one tick of a backend brings back. */
export interface TickReply {
  /** Redis time. */
  readonly nowMs: number;
  /** The others had given this instance up, or Redis had forgotten it: everything it knows must be said again. */
  readonly forgotten: boolean;
  /** This instance does the periodic work until its lease ends. */
  readonly caretaker: boolean;
  /** Channels that have changed since the last tick, with their versions. */
  readonly changed: ReadonlyMap<number, number>;
  /** Health of the SFU nodes, as `HGETALL` gives it. */
  readonly nodes: unknown;
  /** For the caretaker: channels somebody must look at, instances that do not tick, rooms to stop. */
  readonly due: readonly number[];
  readonly dead: readonly string[];
  readonly retired: readonly string[];
}

/** What a backend publishes to itself. */
export const SIGN_OF_LIFE = '';

const tickScript = new Script(
  'tick',
  `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local fresh = redis.call('ZADD', KEYS[1], now, ARGV[1])
local care = 0
local holder = redis.call('GET', KEYS[2])
if not holder then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  care = 1
elseif holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
  care = 1
end
local since = tonumber(ARGV[3])
local changed = {}
if since > 0 then changed = redis.call('ZRANGEBYSCORE', KEYS[3], since, '+inf', 'WITHSCORES') end
local nodes = redis.call('HGETALL', KEYS[4])
if ARGV[5] ~= '' then redis.call('PUBLISH', ARGV[5], '') end
if care == 0 then return {tostring(now), care, fresh, changed, nodes, {}, {}, {}} end
return {tostring(now), care, fresh, changed, nodes,
  redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now),
  redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[4])),
  redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', now)}`,
);

/**
 * A backend's heartbeat: says that it lives, takes or keeps the caretaker's lease, and learns everything it has to, in one
 * round trip whose cost does not depend on the number of channels.
 */
export async function tick(
  redis: RedisClient,
  options: {
    readonly instance: string;
    readonly leaseMs: number;
    /** Changes from this Redis time on; 0 asks for none. */
    readonly sinceMs: number;
    readonly backendTimeoutMs: number;
    /** Publishes a {@link SIGN_OF_LIFE} to this instance. */
    readonly signOfLife: boolean;
  },
): Promise<TickReply> {
  const reply = (await tickScript.run(
    redis,
    [keys.backends, keys.caretaker, keys.changed, keys.nodes, keys.due, keys.retired],
    [
      options.instance,
      options.leaseMs,
      options.sinceMs,
      options.backendTimeoutMs,
      options.signOfLife ? keys.backend(options.instance) : '',
    ],
  )) as [string, number, number, string[], string[], string[], string[], string[]];
  const changed = new Map<number, number>();
  for (let i = 0; i < reply[3].length; i += 2) changed.set(Number(reply[3][i]), Number(reply[3][i + 1]));
  return {
    nowMs: Number(reply[0]),
    caretaker: reply[1] === 1,
    forgotten: reply[2] === 1,
    changed,
    nodes: reply[4],
    due: reply[5].map(Number),
    dead: reply[6],
    retired: reply[7],
  };
}
