import { type ChoiceStream, Choices } from '../kernel/index.js';
import { type Fault, resolveCallPolicy, resolvePolicy, type Scenario } from '../scenario/index.js';
import type { Case } from './case.js';
import type { SeedOptions } from './hunt-seed.js';
import {
  CALL_HABITS,
  HABITS,
  type Habit,
  type WorkloadOptions,
  withWorkload,
  workloadArbitrary,
  workloadSource,
} from './workload/index.js';

/** What a seed has switched on, by name: printed with a finding, and counted over many. */
export type SwarmOptions = Readonly<Record<string, number | boolean>>;

/** A case and the options it was drawn with. */
export interface SwarmCase extends Case {
  readonly options: SwarmOptions;
}

const WINDOWS_MS = [1, 5, 5, 20, 20, 100, 400, 2_000];
const SPREADS_MS = [0, 2, 20, 200, 1_500];

/** Faults by name, and what they are in a workload. */
const FAULTS = {
  backendPause: { faultKinds: ['backend-pause'] },
  backendCrash: { faultKinds: ['backend-crash'] },
  redisRestart: { faultKinds: ['redis-restart'] },
  redisFailover: { faultKinds: ['redis-crash'] },
  redisPause: { faultKinds: ['redis-pause'] },
  sfuCrash: { faultKinds: ['sfu-crash'] },
  sfuPause: { faultKinds: ['sfu-pause'] },
  sfuCutOff: { faultKinds: ['sfu-cut-off'] },
  sfuRefuse: { faultKinds: ['sfu-refuse'] },
  sfuSlow: { faultKinds: ['sfu-slow'] },
  storeCutOff: { faultKinds: ['partition'], partitions: ['store'] },
  clientCutOff: { faultKinds: ['partition'], partitions: ['client'] },
} as const satisfies Readonly<Record<string, Pick<WorkloadOptions, 'faultKinds' | 'partitions'>>>;

type FaultName = keyof typeof FAULTS;
const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** How habits are called among the options. */
const HABIT_NAMES: Readonly<Record<Habit, string>> = {
  leave: 'leave',
  'close-tab': 'closeTab',
  'second-tab': 'secondTab',
  reload: 'reload',
  sleep: 'sleep',
  move: 'moveChannel',
};

/** What bad links (a round trip of 0.6 s, 10 % lost) need to get anything done: beyond that a member counts as gone, and falls silent. */
const SLOW_POLICY = {
  pingEveryMs: 5_000,
  sessionGraceMs: 15_000,
  migrationTimeoutMs: 20_000,
  settleTimeoutMs: 20_000,
  rollbackTimeoutMs: 15_000,
} as const;

/** What is explored of a long scenario, in seconds: races need few people and little time. */
const EXPLORED_S = 8;
/** Longest fault of a scenario that is kept as it is, in seconds. */
const FAULT_S = 5;

/**
 * Draws a case from a scenario: Groce, Zhang, Eide, Chen, Regehr, "Swarm Testing", ISSTA 2012. Each seed leaves out most of what could
 * happen, because features hide each other's bugs: a crash at every corner never lets two joins meet. What is left are the options of an
 * arbitrary ({@link workloadArbitrary}), and the workload is drawn from that.
 *
 * A scenario with a script is taken as it is, but for the window. Any other gives policy, servers, links and faults; the people are a
 * few that meet at random, for a few seconds, and the faults come at random times.
 * @param given `workload` draws the workloads instead, for any scenario: then only the window is the swarm's; `windowMs`: the window instead of one that is drawn
 */
export function drawCase(
  base: Scenario,
  seed: number,
  { workload: own, windowMs: windowGivenMs }: Partial<Pick<SeedOptions, 'workload' | 'windowMs'>> = {},
): SwarmCase {
  const dice = new Choices(seed).stream('swarm');
  const windowDrawnMs = WINDOWS_MS[dice.choose(WINDOWS_MS.length)]!;
  const windowMs = windowGivenMs ?? windowDrawnMs;
  if (own !== undefined) {
    const workload = workloadSource(own, seed)().value;
    const users = new Set(workload.script.map(({ user }) => user)).size;
    const options = { windowMs, users, faults: workload.faults.length > 0 };
    return { seed, windowMs, scenario: withWorkload(base, workload), options };
  }
  if (base.population.script !== undefined) return { seed, windowMs, scenario: base, options: { windowMs } };
  const on = (probability: number) => dice.chance(probability);
  const calls = resolveCallPolicy(base);
  const users = (calls === null ? 2 : 3) + dice.choose(5);
  const channels = on(0.2) ? 2 : 1;
  const habits = calls === null ? HABITS.filter(() => on(0.35)) : [];
  const callHabits = calls === null ? [] : CALL_HABITS.filter(() => on(0.35));
  // half of all cases have no fault at all: mere scheduling
  const faulty = on(0.5);
  const given = base.faults.length > 0;
  const kinds = faulty && !given ? drawKinds(dice) : [];
  const backends = base.topology.backends + (on(0.3) ? 1 : 0);
  const slowClients = on(0.3);
  const spreadMs = SPREADS_MS[dice.choose(SPREADS_MS.length)]!;
  const durationS = Math.min(base.durationS, EXPLORED_S);
  const redis = kinds.includes('redisFailover') ? { replicas: 1, sentinels: 3 } : base.topology.redis;
  const topology = { ...base.topology, backends, redis };
  const arbitrary = workloadArbitrary({
    usersMin: users,
    usersMax: users,
    channels,
    durationS,
    habits,
    ...(calls === null
      ? {}
      : { calls: { organisations: channels, habits: callHabits, ringTimeoutMs: calls.ringTimeoutMs } }),
    spreadMs,
    topology,
    lockTtlMs: resolvePolicy(base).lockTtlMs,
    faultsMin: 1,
    ...faultOptions(kinds),
  });
  const drawn = workloadSource(arbitrary, seed)().value;
  const workload = faulty && given ? { ...drawn, faults: movedFaults(dice, base, durationS) } : drawn;
  const options: Record<string, number | boolean> = { users, channels, backends, windowMs, spreadMs, slowClients };
  if (calls === null) for (const habit of HABITS) options[HABIT_NAMES[habit]] = habits.includes(habit);
  else for (const habit of CALL_HABITS) options[habit] = callHabits.includes(habit);
  if (given) options.faults = faulty;
  else for (const kind of FAULT_NAMES) options[kind] = kinds.includes(kind);
  const slow = slowClients && !given;
  return {
    seed,
    windowMs,
    options,
    scenario: {
      ...withWorkload(base, workload),
      durationS,
      topology,
      ...(slow
        ? {
            network: { ...base.network, clientProfiles: { wifi: 1, international: 1 } },
            policy: { ...base.policy, ...SLOW_POLICY },
            drainS: 2 * base.drainS,
          }
        : {}),
    },
  };
}

/** A quarter of all kinds, but one at least. */
function drawKinds(dice: ChoiceStream): FaultName[] {
  const kinds = FAULT_NAMES.filter(() => dice.chance(0.25));
  return kinds.length > 0 ? kinds : [FAULT_NAMES[dice.choose(FAULT_NAMES.length)]!];
}

function faultOptions(kinds: readonly FaultName[]): Pick<WorkloadOptions, 'faultKinds' | 'partitions'> {
  const chosen: readonly Pick<WorkloadOptions, 'faultKinds' | 'partitions'>[] = kinds.map((kind) => FAULTS[kind]);
  return {
    faultKinds: chosen.flatMap(({ faultKinds = [] }) => faultKinds),
    partitions: chosen.flatMap(({ partitions = [] }) => partitions),
  };
}

/** The scenario's own faults, each at a time within what is explored. */
function movedFaults(dice: ChoiceStream, base: Scenario, durationS: number): Fault[] {
  return base.faults
    .map((fault): Fault => {
      const atS = 0.3 + dice.uniform() * (durationS - 0.8);
      if (!('forS' in fault) || fault.forS === undefined) return { ...fault, atS };
      return { ...fault, atS, forS: Math.min(fault.forS, FAULT_S) };
    })
    .sort((a, b) => a.atS - b.atS);
}
