import { Choices } from '../../../sim/kernel/index.js';
import { resolveScenario, type Scenario, type ScenarioInput } from '../../../sim/scenario/index.js';

type Pick = <T>(...options: readonly T[]) => T;
type Whole = (from: number, to: number) => number;
type Profiles = Readonly<Record<string, number>>;
type World = (pick: Pick, whole: Whole) => Omit<ScenarioInput, 'name'>;

const noReplicas = { replicas: 0, sentinels: 0 } as const;
const slowClients: readonly Profiles[] = [
  { wifi: 2, '3g': 1 },
  { wifi: 2, 'very-bad': 1 },
  { lte: 2, gprs: 1 },
  { international: 1, wifi: 1 },
];

/** One channel of four to six who come and go. */
const calm: World = (pick, whole) => {
  const clients = whole(4, 6);
  return {
    durationS: 90,
    drainS: 60,
    policy: { profile: 'calls' },
    topology: { backends: pick(2, 3), sfuNodes: pick(1, 2), redis: noReplicas },
    population: {
      clients,
      channels: 1,
      membersMin: clients,
      membersMax: clients,
      arrival: { kind: pick('storm', 'ramp', 'poisson'), atS: 1, overS: pick(0, 0.2, 2, 15) },
      session: { meanS: pick(null, 15, 40) },
      pauseS: pick(2, 10),
      closeTabShare: pick(0, 0.3),
      secondTabShare: pick(0, 0.5),
    },
    network: { clientProfiles: pick<Profiles>({ wifi: 1 }, { lte: 1, wifi: 1 }) },
  };
};

/** Four who come at once, and stay. */
const four = (overS: number): NonNullable<ScenarioInput['population']> => ({
  clients: 4,
  channels: 1,
  membersMin: 4,
  membersMax: 4,
  arrival: { kind: 'storm', atS: 1, overS },
});

const few = (backends: number): NonNullable<ScenarioInput['topology']> => ({
  backends,
  sfuNodes: 1,
  redis: noReplicas,
});

/** Backends whose way to everything takes a while. */
const farBackends = (delayMs: number, jitterMs: number): NonNullable<ScenarioInput['network']> => ({
  profiles: { lan: { delayMs, jitterMs } },
  profileByKind: { backend: 'lan' },
});

/** Small worlds, drawn from a seed: none is made for one hazard, though some of the last make one likelier than others. */
const worlds = {
  calm,
  slowClients: (pick, whole) => ({ ...calm(pick, whole), network: { clientProfiles: pick(...slowClients) } }),
  shortTimeouts: (pick, whole) => ({
    ...calm(pick, whole),
    policy: {
      profile: 'calls',
      migrationTimeoutMs: pick(4_000, 8_000, 12_000),
      pingEveryMs: pick(5_000, 15_000),
      retryMs: pick(1_000, 5_000),
    },
    network: { clientProfiles: pick(...slowClients) },
  }),
  slowStore: (pick, whole) => ({
    ...calm(pick, whole),
    policy: {
      profile: 'calls',
      migrationTimeoutMs: pick(4_000, 8_000, 30_000),
      pingEveryMs: pick(5_000, 15_000),
      retryMs: 2_000,
    },
    network: {
      clientProfiles: pick<Profiles>({ wifi: 1 }, ...slowClients),
      ...farBackends(pick(5, 20), pick(0, 5, 20)),
    },
  }),
  process: (pick, whole) => ({
    ...calm(pick, whole),
    network: { clientProfiles: pick(...slowClients) },
    faults: Array.from({ length: whole(1, 3) }, () =>
      pick(
        { kind: 'backend-pause' as const, atS: whole(10, 900) / 10, target: 'any', forS: pick(0.5, 2, 6) },
        { kind: 'backend-crash' as const, atS: whole(10, 900) / 10, target: 'any', forS: pick(1, 5, 20) },
      ),
    ),
  }),
  network: (pick, whole) => ({
    ...calm(pick, whole),
    faults: Array.from({ length: whole(1, 3) }, () => {
      const common = { atS: whole(10, 700) / 10, forS: pick(7, 15, 40) };
      const client = [`client-${whole(1, 4)}`];
      return pick(
        { kind: 'partition' as const, ...common, from: client, to: ['sfu-*'], way: 'both' as const },
        { kind: 'partition' as const, ...common, from: ['sfu-*'], to: client, way: 'a-to-b' as const },
        { kind: 'sfu-crash' as const, ...common, target: 'any' },
      );
    }),
  }),
  /** The deadline of a migration is about where it ends. */
  tightDeadline: (pick, whole) => ({
    durationS: 40,
    drainS: 30,
    policy: { profile: 'calls', migrationTimeoutMs: whole(18, 32) * 100, retryMs: 200_000, retryMaxMs: 200_000 },
    topology: few(2),
    population: { ...four(pick(0, 0.3, 2)), session: { meanS: pick(null, 15) }, pauseS: 3 },
    network: { clientProfiles: pick<Profiles>({ '3g': 1 }, { edge: 1 }), ...farBackends(pick(10, 20, 40), 0) },
  }),
  /** A backend crashes while a migration begins. */
  crashAtStart: (pick, whole) => ({
    durationS: 30,
    drainS: 60,
    policy: { profile: 'calls' },
    topology: few(pick(2, 3)),
    population: four(pick(0, 0.3)),
    faults: [{ kind: 'backend-crash', atS: whole(130, 190) / 100, target: 'any', forS: pick(1, 5, 20) }],
  }),
  /** Now three, now two: people come and go around the threshold. */
  border: (pick) => ({
    durationS: 120,
    drainS: 40,
    policy: { profile: 'calls' },
    topology: few(2),
    population: { ...four(2), session: { meanS: pick(5, 10) }, pauseS: pick(1, 3) },
    network: { clientProfiles: { lte: 1 } },
  }),
  /** All come at the same moment. */
  rush: (pick) => ({
    durationS: 30,
    drainS: 30,
    policy: { profile: 'calls' },
    topology: few(pick(1, 2)),
    population: four(pick(0, 0.01, 0.1)),
    network: { clientProfiles: pick<Profiles>({ lte: 1 }, { wifi: 1 }) },
  }),
  /** One does not hear the SFU, or is not heard either. */
  cutOffFromSfu: (pick, whole) => ({
    durationS: 60,
    drainS: 60,
    policy: { profile: 'calls' },
    topology: few(2),
    population: { ...four(3) },
    faults: [
      {
        kind: 'partition',
        atS: whole(10, 30) / 10,
        from: ['sfu-1'],
        to: ['client-2'],
        forS: pick(10, 20, 45),
        way: pick('both', 'a-to-b'),
      },
    ],
  }),
} as const satisfies Record<string, World>;

export type SmallWorld = keyof typeof worlds;
export const smallWorlds = Object.keys(worlds) as SmallWorld[];

/** The small world of this name that a seed draws. */
export function smallWorld(name: SmallWorld, seed: number): Scenario {
  const stream = new Choices(seed).stream(`small-world/${name}`);
  const pick: Pick = (...options) => options[stream.choose(options.length)] as (typeof options)[number];
  const whole: Whole = (from, to) => from + stream.choose(to - from + 1);
  const world: World = worlds[name];
  return resolveScenario({ name: name.toLowerCase(), ...world(pick, whole) });
}
