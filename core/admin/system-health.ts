import { keys } from '../keys.js';
import type { Clock, RedisClient } from '../ports.js';
import { fields, timeMs } from '../store/channel-store.js';
import { pipelined } from '../store/pipeline.js';

/** How the system is, as far as Redis knows. */
export interface HealthReport extends Readonly<Record<string, unknown>> {
  readonly nowMs: number;
  /** One round trip. */
  readonly redisMs: number;
  readonly channels: number;
  readonly members: number;
  readonly waiting: number;
  readonly modes: { readonly p2p: number; readonly sfu: number };
  readonly migrations: number;
  readonly degraded: number;
  readonly forcedMesh: boolean;
  /** Instance and how long ago it was heard of. */
  readonly backends: readonly { readonly instance: string; readonly silentMs: number }[];
  readonly nodes: readonly { readonly node: string; readonly alive: boolean; readonly participants: number }[];
}

/** Reads without a lock: each channel is true by itself, the sums may be a moment apart. */
export async function systemHealth(redis: RedisClient, clock: Clock): Promise<HealthReport> {
  const askedMs = clock.nowMs();
  const [time, ids, backends, nodes, forced] = (await pipelined(redis, [
    ['TIME'],
    ['ZRANGE', keys.changed, 0, -1],
    ['ZRANGE', keys.backends, 0, -1, 'WITHSCORES'],
    ['HGETALL', keys.nodes],
    ['GET', keys.forcedMesh],
  ])) as [unknown, string[], string[], unknown, string | null];
  const redisMs = clock.nowMs() - askedMs;
  const nowMs = timeMs(time);
  const sum = { members: 0, waiting: 0, p2p: 0, sfu: 0, migrations: 0, degraded: 0 };
  for (const id of ids) {
    const channelId = Number(id);
    const [state, members, waiting, migrates] = (await pipelined(redis, [
      ['HMGET', keys.state(channelId), 'mode', 'degraded'],
      ['SCARD', keys.participants(channelId)],
      ['LLEN', keys.queue(channelId)],
      ['EXISTS', keys.migration(channelId)],
    ])) as [[string | null, string | null], number, number, number];
    if (state[0] === null) continue; // gone meanwhile
    sum[state[0] === 'sfu' ? 'sfu' : 'p2p']++;
    if (state[1] === '1') sum.degraded++;
    sum.members += members;
    sum.waiting += waiting;
    sum.migrations += migrates;
  }
  const { members, waiting, migrations, degraded, p2p, sfu } = sum;
  return {
    nowMs,
    redisMs,
    channels: p2p + sfu,
    members,
    waiting,
    modes: { p2p, sfu },
    migrations,
    degraded,
    forcedMesh: forced !== null,
    backends: pairs(backends).map(([instance, atMs]) => ({ instance, silentMs: nowMs - Number(atMs) })),
    nodes: [...fields(nodes)].map(([node, text]) => {
      const [alive, participants] = text.split('|');
      return { node, alive: alive === '1', participants: Number(participants) };
    }),
  };
}

function pairs(flat: readonly string[]): [string, string][] {
  const out: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) out.push([flat[i]!, flat[i + 1]!]);
  return out;
}
