import { resolveScenario, type Scenario, type ScenarioInput } from '../../../sim/scenario/index.js';

export type Fault = NonNullable<ScenarioInput['faults']>[number];
type Population = ScenarioInput['population'];

const base: ScenarioInput = {
  name: 'timed',
  durationS: 20,
  drainS: 40,
  policy: {
    profile: 'calls',
    meshLimit: 4,
    estimatedWaitMs: 500,
    disableHoldMs: 1_000,
    retryMs: 1_000,
    reconcileEveryMs: 1_000,
  },
  topology: { backends: 2, sfuNodes: 2, redis: { replicas: 0, sentinels: 0 } },
  // a far Redis: round trips of about 80 ms
  network: { clientProfiles: { wifi: 1 }, profileByKind: { redis: 'wifi' } },
};

const storm = (clients: number, overS: number, more: Population = {}): Population => ({
  clients,
  channels: 1,
  membersMin: clients,
  membersMax: clients,
  arrival: { kind: 'storm', atS: 1, overS },
  ...more,
});

const world = (population: Population, ...faults: Fault[]): Scenario =>
  resolveScenario({ ...base, population: population ?? {}, faults });

/** Five who join within two seconds, and stay. */
export const joining = (...faults: Fault[]): Scenario => world(storm(5, 2), ...faults);

/** Six at once. */
export const rush = (...faults: Fault[]): Scenario => world(storm(6, 0.3), ...faults);

/** People open a second tab. */
export const tabs = (): Scenario => world(storm(3, 1, { session: { meanS: 10 }, secondTabShare: 1 }));

/** People come and go, most of them without a word. */
export const coming = (...faults: Fault[]): Scenario =>
  world(storm(5, 1, { session: { meanS: 5 }, pauseS: 2, closeTabShare: 0.7 }), ...faults);

/** Two who are often alone, or not there at all. */
export const lonely = (): Scenario => world(storm(2, 1, { session: { meanS: 5 }, pauseS: 2 }));

/** Six at once; most of them give up after a few seconds and do not come back. */
export const impatient = (...faults: Fault[]): Scenario =>
  world(storm(6, 0.3, { session: { meanS: 6 }, rejoin: false, closeTabShare: 0.5 }), ...faults);
