import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';
import { Script } from './script.js';

/** How many channels and people there are, and how many channels are migrating. */
export interface Census {
  readonly channels: { readonly p2p: number; readonly sfu: number };
  readonly participants: { readonly p2p: number; readonly sfu: number };
  readonly migrating: number;
}

const censusScript = new Script(
  'census',
  `local channels = {0, 0}
local people = {0, 0}
local migrating = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local state = redis.call('HMGET', 'channel_state:' .. id, 'mode', 'count', 'migrationInProgress')
  if state[1] then
    local at = 1
    if state[1] == 'sfu' then at = 2 end
    channels[at] = channels[at] + 1
    people[at] = people[at] + tonumber(state[2] or '0')
    if state[3] == '1' then migrating = migrating + 1 end
  end
end
return {channels[1], channels[2], people[1], people[2], migrating}`,
);

/** Counts everything in one round trip, at one instant: the gauges of A10. */
export async function census(redis: RedisClient): Promise<Census> {
  const reply = (await censusScript.run(redis, [keys.changed], [])) as [number, number, number, number, number];
  return {
    channels: { p2p: reply[0], sfu: reply[1] },
    participants: { p2p: reply[2], sfu: reply[3] },
    migrating: reply[4],
  };
}
