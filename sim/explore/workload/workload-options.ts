import type { Fault } from '../../scenario/index.js';

/** What workloads may look like. */
export interface WorkloadOptions {
  /** Fewest and most people. Default 2 to 5. */
  readonly clientsMin?: number;
  readonly clientsMax?: number;
  /** Channels `1` to this. Default 1. */
  readonly channels?: number;
  /** Nothing happens after this. Default 60 000 ms. */
  readonly durationMs?: number;
  /** Most steps of one person. Default 5. */
  readonly stepsMax?: number;
  /** Most faults. Default 2. */
  readonly faultsMax?: number;
  /** Kinds of fault; default all for which there are servers, but for `sfu-refuse` and `sfu-slow`. */
  readonly faultKinds?: readonly Fault['kind'][];
  /** Servers to be hit. Default: those of the scenario schema's default topology with one SFU node. */
  readonly topology?: {
    readonly backends: number;
    readonly sfuNodes: number;
    readonly replicas: number;
    readonly sentinels: number;
  };
  /** Durations of faults, in ms; a workload draws from these, so name those around the time-outs of the policy. */
  readonly faultMs?: readonly number[];
}

export type ResolvedWorkloadOptions = Required<WorkloadOptions>;

const NEEDS: Readonly<Record<Fault['kind'], 'backends' | 'sfuNodes' | 'sentinels' | null>> = {
  'redis-crash': null,
  'redis-restart': null,
  'redis-pause': null,
  'sentinel-crash': 'sentinels',
  'backend-crash': 'backends',
  'backend-pause': 'backends',
  'backend-cut-off': 'backends',
  'sfu-crash': 'sfuNodes',
  'sfu-pause': 'sfuNodes',
  'sfu-cut-off': 'sfuNodes',
  'sfu-refuse': 'sfuNodes',
  'sfu-slow': 'sfuNodes',
  partition: null,
};

/** Drawn only when asked for: each more would change all workloads of a seed. */
const ON_REQUEST: ReadonlySet<Fault['kind']> = new Set(['sfu-refuse', 'sfu-slow'] as const);

export function resolveWorkloadOptions(options: WorkloadOptions): ResolvedWorkloadOptions {
  const topology = options.topology ?? { backends: 3, sfuNodes: 1, replicas: 2, sentinels: 3 };
  const possible = (kind: Fault['kind']) => {
    const need = NEEDS[kind];
    return need === null || topology[need] > 0;
  };
  const kinds = options.faultKinds ?? (Object.keys(NEEDS) as Fault['kind'][]).filter((kind) => !ON_REQUEST.has(kind));
  const clientsMin = options.clientsMin ?? Math.min(2, options.clientsMax ?? 2);
  return {
    clientsMin,
    clientsMax: Math.max(clientsMin, options.clientsMax ?? 5),
    channels: options.channels ?? 1,
    durationMs: options.durationMs ?? 60_000,
    stepsMax: Math.max(1, options.stepsMax ?? 5),
    faultsMax: options.faultsMax ?? 2,
    faultKinds: kinds.filter(possible),
    topology,
    // around half, one and two leases of the channel lock, and the client's, the SFU's and the migration's time-outs
    faultMs: options.faultMs ?? [50, 500, 2_500, 5_000, 10_000, 20_000, 40_000],
  };
}
