import type { NodeDirectory } from '../cluster/node-directory.js';
import type { GaugeValue } from '../metric-registry.js';
import type { RedisClient, Timers } from '../ports.js';
import { type Census, census } from '../store/census.js';

/** Redis must answer within this, or it counts as down: who scrapes does not wait long. */
const PATIENCE_MS = 2_000;

/** What a backend's gauges are worked out from. */
export interface GaugeSources {
  readonly redis: RedisClient;
  readonly timers: Timers;
  readonly nodes: NodeDirectory & { readonly names: readonly string[] };
  /** Clients connected now. */
  readonly connections: number;
}

/** The gauges of A10 at this moment. Those that only Redis knows are left out while it cannot be reached. Never rejects. */
export async function backendGauges({ redis, timers, nodes, connections }: GaugeSources): Promise<GaugeValue[]> {
  const found = await inTime(census(redis), timers);
  const own: GaugeValue[] = [
    { name: 'voice_redis_up', value: found === null ? 0 : 1 },
    { name: 'voice_connections', value: connections },
    ...nodes.names.map((node) => ({ name: 'voice_sfu_up', labels: { node }, value: nodes.alive(node) ? 1 : 0 })),
  ];
  if (found === null) return own;
  const modes = ['p2p', 'sfu'] as const;
  return [
    ...own,
    ...modes.map((mode) => ({ name: 'voice_channels', labels: { mode }, value: found.channels[mode] })),
    ...modes.map((mode) => ({ name: 'voice_participants', labels: { mode }, value: found.participants[mode] })),
    { name: 'voice_migrations_in_progress', value: found.migrating },
  ];
}

function inTime(work: Promise<Census>, timers: Timers): Promise<Census | null> {
  return new Promise((resolve) => {
    const timer = timers.after(PATIENCE_MS, () => resolve(null));
    work.then(resolve, () => resolve(null)).finally(() => timer.cancel());
  });
}
