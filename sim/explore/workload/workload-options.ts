import type { Fault } from '../../scenario/index.js';

/** What people may do besides joining. `leave` and `close-tab`: most come back. `move`: to another channel. */
export const HABITS = ['leave', 'close-tab', 'second-tab', 'reload', 'sleep', 'move'] as const;

export type Habit = (typeof HABITS)[number];

/** What people may do in calls besides calling and accepting. `late`: answers come when the call has rung for its time. */
export const CALL_HABITS = [
  'decline',
  'give-up',
  'late',
  'hang-up',
  'call-off',
  'close-tab',
  'reload',
  'sleep',
] as const;

export type CallHabit = (typeof CALL_HABITS)[number];

/** Workloads of calls. */
export interface CallWorkload {
  /** Organisations `1` to this. */
  readonly organisations: number;
  readonly habits: readonly CallHabit[];
  readonly ringTimeoutMs: number;
}

/** What workloads may look like. A search draws these first, so that each workload leaves most of it out. */
export interface WorkloadOptions {
  /** Fewest and most people. Default 2 to 5. */
  readonly usersMin?: number;
  readonly usersMax?: number;
  /** Channels `1` to this. Default 1. */
  readonly channels?: number;
  /** Nothing begins after this. Default 8 s. */
  readonly durationS?: number;
  /** Default: all. */
  readonly habits?: readonly Habit[];
  /** People call each other instead of joining channels. Default: no. */
  readonly calls?: CallWorkload | null;
  /** What people do comes in bursts, and what belongs to a burst lies within so many ms. Default: one of 0, 2, 20, 200, 1 500 for each workload. */
  readonly spreadMs?: number;
  /** Fewest and most faults. Default 0 to 3. */
  readonly faultsMin?: number;
  readonly faultsMax?: number;
  /** Kinds of fault; default all for which there are servers, but for `sfu-refuse` and `sfu-slow`. */
  readonly faultKinds?: readonly Fault['kind'][];
  /** What partitions lie between. Default: everything. */
  readonly partitions?: readonly Partitioned[];
  /** Servers to be hit. Default: two backends, one SFU node, one Redis. */
  readonly topology?: Servers;
  /** Time to live of the channel lock: pauses last 0.5, 1, 1.1 or 2 times this. Default 5 000 ms. */
  readonly lockTtlMs?: number;
}

/** The two sides of a partition: backends and store, backends and SFU nodes, or a person's device and anything it talks to. */
export type Partitioned = 'store' | 'sfu' | 'client';

export interface Servers {
  readonly backends: number;
  readonly sfuNodes: number;
  readonly redis: { readonly replicas: number; readonly sentinels: number };
  /** Default 0. */
  readonly turnServers?: number;
}

export type ResolvedWorkloadOptions = Required<Omit<WorkloadOptions, 'spreadMs'>> & {
  readonly spreadMs: number | null;
  readonly calls: CallWorkload | null;
};

const NEEDS: Readonly<Record<Fault['kind'], (servers: Servers) => number>> = {
  'redis-crash': () => 1,
  'redis-restart': () => 1,
  'redis-pause': () => 1,
  'sentinel-crash': ({ redis }) => redis.sentinels,
  'backend-crash': ({ backends }) => backends,
  'backend-pause': ({ backends }) => backends,
  'backend-cut-off': ({ backends }) => backends,
  'sfu-crash': ({ sfuNodes }) => sfuNodes,
  'sfu-pause': ({ sfuNodes }) => sfuNodes,
  'sfu-cut-off': ({ sfuNodes }) => sfuNodes,
  'sfu-refuse': ({ sfuNodes }) => sfuNodes,
  'sfu-slow': ({ sfuNodes }) => sfuNodes,
  'turn-crash': ({ turnServers }) => turnServers ?? 0,
  partition: () => 1,
  // come from the scenario
  'sfu-flaky': () => 0,
  operator: () => 0,
};

export function resolveWorkloadOptions(options: WorkloadOptions): ResolvedWorkloadOptions {
  const topology = options.topology ?? { backends: 2, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } };
  const partitions = (options.partitions ?? ['store', 'sfu', 'client']).filter(
    (what) => what !== 'sfu' || topology.sfuNodes > 0,
  );
  const kinds = options.faultKinds ?? (Object.keys(NEEDS) as Fault['kind'][]);
  const usersMin = options.usersMin ?? Math.min(2, options.usersMax ?? 2);
  const faultsMin = options.faultsMin ?? 0;
  return {
    usersMin,
    usersMax: Math.max(usersMin, options.usersMax ?? 5),
    channels: options.channels ?? 1,
    durationS: options.durationS ?? 8,
    habits: options.habits ?? HABITS,
    calls: options.calls ?? null,
    spreadMs: options.spreadMs ?? null,
    faultsMin,
    faultsMax: Math.max(faultsMin, options.faultsMax ?? 3),
    faultKinds: kinds.filter((kind) => NEEDS[kind](topology) > 0 && (kind !== 'partition' || partitions.length > 0)),
    partitions,
    topology,
    lockTtlMs: options.lockTtlMs ?? 5_000,
  };
}
