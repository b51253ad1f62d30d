import type { Fault, ScenarioInput } from '../../../../sim/scenario/index.js';

/** Times from, from + every, ... below until. */
const times = (from: number, every: number, until: number): number[] =>
  Array.from({ length: Math.ceil((until - from) / every) }, (_, index) => from + index * every);

/** One channel in which people keep coming and going, with the store a slow link away: somebody is always in the critical section. */
const busyChannel: Partial<ScenarioInput> = {
  durationS: 60,
  drainS: 30,
  network: { profileByKind: { redis: 'lte' } },
  topology: { backends: 3, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
  population: {
    clients: 12,
    channels: 1,
    membersMin: 12,
    membersMax: 12,
    arrival: { kind: 'ramp', atS: 1, overS: 5 },
    session: { meanS: 4 },
    pauseS: 1,
    closeTabShare: 0.3,
  },
};

/** Many small calls in which the third person starts a migration, over bad networks. */
const calls = (clients: number): Partial<ScenarioInput> => ({
  durationS: 60,
  drainS: 90,
  policy: { profile: 'calls' },
  network: { clientProfiles: { wifi: 1, international: 1, '3g': 1 } },
  population: {
    clients,
    channels: clients / 4,
    membersMin: 4,
    membersMax: 4,
    arrival: { kind: 'ramp', atS: 1, overS: 40 },
    secondTabShare: 0.5,
    session: { meanS: 15 },
    pauseS: 2,
  },
});

const faults = (list: readonly Partial<Fault>[]) => list as NonNullable<ScenarioInput['faults']>;

/** Scenarios made to reach what chance seldom reaches. */
export const eventful: readonly ScenarioInput[] = [
  {
    ...busyChannel,
    name: 'short-leases',
    policy: { lockTtlMs: 300, lockWaitMs: 600, lockRetryMs: 20 },
    faults: faults(
      times(5, 2.3, 55).map((atS, i) => ({ kind: 'backend-pause', atS, target: `backend-${1 + (i % 3)}`, forS: 0.9 })),
    ),
  },
  {
    ...busyChannel,
    name: 'crashing-holders',
    policy: { lockTtlMs: 8_000, lockWaitMs: 1_000 },
    faults: faults(
      times(5, 6, 50).map((atS, i) => ({ kind: 'backend-crash', atS, target: `backend-${1 + (i % 3)}`, forS: 2 })),
    ),
  },
  {
    ...busyChannel,
    name: 'store-that-hangs',
    policy: { lockTtlMs: 8_000, lockWaitMs: 1_000 },
    faults: faults(times(5, 6, 50).map((atS) => ({ kind: 'redis-pause', atS, forS: 1.5 }))),
  },
  {
    ...busyChannel,
    name: 'store-that-forgets',
    faults: faults(times(5, 3, 55).map((atS) => ({ kind: 'redis-restart', atS, keepData: true }))),
  },
  {
    name: 'nowhere-to-go',
    durationS: 50,
    drainS: 60,
    topology: { backends: 2, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
    population: {
      clients: 14,
      channels: 1,
      membersMin: 14,
      membersMax: 14,
      arrival: { kind: 'ramp', atS: 8, overS: 4 },
    },
    faults: faults([{ kind: 'sfu-crash', atS: 1, target: 'sfu-*', forS: 40 }]),
  },
  {
    name: 'one-without-way',
    durationS: 130,
    drainS: 60,
    policy: { profile: 'calls', migrationTimeoutMs: 120_000 },
    population: {
      clients: 4,
      channels: 1,
      membersMin: 4,
      membersMax: 4,
      arrival: { kind: 'storm', atS: 2, overS: 0.3 },
    },
    faults: faults([{ kind: 'partition', atS: 2.4, from: ['client-1'], to: ['sfu-*'], forS: 110, way: 'both' }]),
  },
  {
    ...calls(40),
    name: 'nobody-sees-the-room',
    topology: { backends: 2, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
    faults: faults(
      times(5, 4, 58).map((atS) => ({
        kind: 'partition',
        atS,
        from: ['backend-*'],
        to: ['sfu-*'],
        forS: 2.4,
        way: 'both',
      })),
    ),
  },
  {
    ...calls(40),
    name: 'slow-nodes',
    policy: { profile: 'calls', migrationTimeoutMs: 4_000 },
    topology: { backends: 2, sfuNodes: 2, redis: { replicas: 0, sentinels: 0 } },
    faults: faults(times(5, 3, 55).map((atS) => ({ kind: 'sfu-pause', atS, target: 'sfu-*', forS: 1.8 }))),
  },
  {
    ...calls(40),
    name: 'failovers',
    durationS: 90,
    faults: faults([
      { kind: 'redis-crash', atS: 15, target: 'primary', forS: 10 },
      { kind: 'redis-crash', atS: 50, target: 'primary', forS: 10 },
    ]),
  },
];
