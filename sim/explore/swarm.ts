import { type ChoiceStream, Choices } from '../kernel/index.js';
import { type Fault, resolvePolicy, type Scenario, type ScriptStep } from '../scenario/index.js';
import type { Case } from './case.js';

/** What a seed has switched on, by name: printed with a finding, and counted over many. */
export type SwarmOptions = Readonly<Record<string, number | boolean>>;

/** A case and the options it was drawn with. */
export interface SwarmCase extends Case {
  readonly options: SwarmOptions;
}

const WINDOWS_MS = [1, 5, 5, 20, 20, 100, 400, 2_000];
const FAULTS = [
  'backendPause',
  'backendCrash',
  'redisRestart',
  'redisFailover',
  'redisPause',
  'sfuCrash',
  'sfuPause',
  'sfuCutOff',
  'storeCutOff',
  'clientCutOff',
] as const;
/** What bad links (a round trip of 0.6 s, 10 % lost) need to get anything done: beyond that a member counts as gone, and falls silent. */
const SLOW_POLICY = {
  pingEveryMs: 5_000,
  sessionGraceMs: 15_000,
  migrationTimeoutMs: 20_000,
  settleTimeoutMs: 20_000,
  rollbackTimeoutMs: 15_000,
} as const;
const HABITS = ['leave', 'closeTab', 'secondTab', 'reload', 'sleep', 'moveChannel'] as const;

/** What is explored of a long scenario, in seconds: races need few people and little time. */
const EXPLORED_S = 8;
/** Longest fault of a scenario that is kept as it is, in seconds. */
const FAULT_S = 5;

/**
 * Draws a case from a scenario: Groce, Zhang, Eide, Chen, Regehr, "Swarm Testing", ISSTA 2012. Each seed leaves out most of what could
 * happen, because features hide each other's bugs: a crash at every corner never lets two joins meet.
 *
 * A scenario with a script is taken as it is, but for the window. Any other gives policy, servers, links and faults; the people are a
 * few that meet at random, for a few seconds, and the faults come at random times.
 * @param windowGivenMs instead of a window that is drawn
 */
export function drawCase(base: Scenario, seed: number, windowGivenMs?: number): SwarmCase {
  const dice = new Choices(seed).stream('swarm');
  const windowDrawnMs = WINDOWS_MS[dice.choose(WINDOWS_MS.length)]!;
  const windowMs = windowGivenMs ?? windowDrawnMs;
  if (base.population.script !== undefined) return { seed, windowMs, scenario: base, options: { windowMs } };
  const on = (probability: number) => dice.chance(probability);
  const users = 2 + dice.choose(5);
  const channels = on(0.2) ? 2 : 1;
  const habits = HABITS.filter(() => on(0.35));
  const own = base.faults.length > 0;
  // half of all cases have no fault at all: mere scheduling
  const faulty = on(0.5);
  const kinds = FAULTS.filter(() => faulty && !own && on(0.25));
  const backends = base.topology.backends + (on(0.3) ? 1 : 0);
  const slowClients = on(0.3);
  const spreadMs = [0, 2, 20, 200, 1_500][dice.choose(5)]!;
  const durationS = Math.min(base.durationS, EXPLORED_S);
  const script = drawScript(dice, { users, channels, habits, spreadMs, durationS });
  const faults = !faulty
    ? []
    : own
      ? movedFaults(dice, base, durationS)
      : drawFaults(dice, { kinds, base, backends, users, script, durationS });
  const options: Record<string, number | boolean> = { users, channels, backends, windowMs, spreadMs, slowClients };
  for (const habit of HABITS) options[habit] = habits.includes(habit);
  if (own) options.faults = faulty;
  else for (const kind of FAULTS) options[kind] = kinds.includes(kind);
  const redis = kinds.includes('redisFailover') ? { replicas: 1, sentinels: 3 } : base.topology.redis;
  return {
    seed,
    windowMs,
    options,
    scenario: {
      ...base,
      durationS,
      topology: { ...base.topology, backends, redis },
      population: { ...base.population, script },
      ...(slowClients && !own
        ? {
            network: { ...base.network, clientProfiles: { wifi: 1, international: 1 } },
            policy: { ...base.policy, ...SLOW_POLICY },
            drainS: 2 * base.drainS,
          }
        : {}),
      faults,
    },
  };
}

/** The scenario's own faults, each at a time within what is explored. */
function movedFaults(dice: ChoiceStream, base: Scenario, durationS: number): Fault[] {
  return base.faults.map((fault) => {
    const atS = 0.3 + dice.uniform() * (durationS - 0.8);
    if (!('forS' in fault) || fault.forS === undefined) return { ...fault, atS };
    return { ...fault, atS, forS: Math.min(fault.forS, FAULT_S) } as Fault;
  });
}

function drawScript(
  dice: ChoiceStream,
  given: {
    readonly users: number;
    readonly channels: number;
    readonly habits: readonly (typeof HABITS)[number][];
    readonly spreadMs: number;
    readonly durationS: number;
  },
): ScriptStep[] {
  const { users, channels, habits, spreadMs, durationS } = given;
  const script: ScriptStep[] = [];
  // what people do comes in bursts, so that it meets
  const bursts = Array.from({ length: 2 + dice.choose(4) }, () => 0.2 + dice.uniform() * (durationS - 2));
  const near = (burstS: number) => Math.round(1e6 * (burstS + (dice.uniform() * spreadMs) / 1e3)) / 1e6;
  const step = (user: number, what: ScriptStep['do'], atS: number, forS = 1) =>
    script.push({ atS, user, do: what, channel: 1 + dice.choose(channels), forS });
  for (let user = 1; user <= users; user++)
    step(user, 'join', near(bursts[dice.chance(0.6) ? 0 : dice.choose(bursts.length)]!));
  const acts = habits.length === 0 ? 0 : 1 + dice.choose(2 * users);
  for (let i = 0; i < acts; i++) {
    const user = 1 + dice.choose(users);
    const atS = near(bursts[dice.choose(bursts.length)]!);
    switch (habits[dice.choose(habits.length)]!) {
      case 'leave':
        step(user, 'leave', atS);
        if (dice.chance(0.7))
          step(user, 'join', dice.chance(0.5) ? atS + 0.3 * dice.uniform() : near(bursts[dice.choose(bursts.length)]!));
        break;
      case 'closeTab':
        step(user, 'close-tab', atS);
        if (dice.chance(0.5)) step(user, 'join', atS + 0.3 * dice.uniform());
        break;
      case 'secondTab':
        step(user, 'second-tab', atS);
        break;
      case 'reload':
        step(user, 'reload', atS, 0.05 + dice.uniform());
        break;
      case 'sleep':
        step(user, 'sleep', atS, 0.2 + 4 * dice.uniform());
        break;
      case 'moveChannel':
        step(user, 'join', atS);
        break;
    }
  }
  return script.sort((a, b) => a.atS - b.atS);
}

function drawFaults(
  dice: ChoiceStream,
  given: {
    readonly kinds: readonly (typeof FAULTS)[number][];
    readonly base: Scenario;
    readonly backends: number;
    readonly users: number;
    readonly script: readonly ScriptStep[];
    readonly durationS: number;
  },
): Fault[] {
  const { kinds, base, backends, users, script, durationS } = given;
  const { lockTtlMs } = resolvePolicy(base);
  const faults: Fault[] = [];
  if (kinds.length === 0) return faults;
  const count = 1 + dice.choose(3);
  for (let i = 0; i < count; i++) {
    // close to something that somebody does
    const nearS = script[dice.choose(script.length)]!.atS + (dice.chance(0.7) ? 0.15 : 1.5) * dice.uniform();
    const atS = Math.min(durationS - 0.5, nearS);
    const backend = `backend-${1 + dice.choose(backends)}`;
    const sfu = `sfu-${1 + dice.choose(base.topology.sfuNodes)}`;
    const pauseS = (lockTtlMs / 1e3) * [0.5, 1, 1.1, 2][dice.choose(4)]!;
    const longS = 0.3 + 4 * dice.uniform();
    switch (kinds[dice.choose(kinds.length)]!) {
      case 'backendPause':
        faults.push({ kind: 'backend-pause', atS, target: backend, forS: pauseS });
        break;
      case 'backendCrash':
        faults.push({ kind: 'backend-crash', atS, target: backend, forS: longS });
        break;
      case 'redisRestart':
        faults.push({ kind: 'redis-restart', atS, target: 'primary', keepData: dice.chance(0.7) });
        break;
      case 'redisFailover':
        faults.push({ kind: 'redis-crash', atS, target: 'redis-1', forS: 12 });
        break;
      case 'redisPause':
        faults.push({ kind: 'redis-pause', atS, target: 'primary', forS: pauseS });
        break;
      case 'sfuCrash':
        faults.push({ kind: 'sfu-crash', atS, target: sfu, forS: longS });
        break;
      case 'sfuPause':
        faults.push({ kind: 'sfu-pause', atS, target: sfu, forS: longS });
        break;
      case 'sfuCutOff':
        faults.push({ kind: 'sfu-cut-off', atS, target: sfu, forS: longS });
        break;
      case 'storeCutOff': {
        const way = dice.chance(0.5) ? 'both' : 'a-to-b';
        const [from, to] = dice.chance(0.5) ? [backend, 'redis-*'] : ['redis-*', backend];
        faults.push({ kind: 'partition', atS, forS: longS, from: [from!], to: [to!], way });
        break;
      }
      case 'clientCutOff': {
        const way = dice.chance(0.3) ? 'both' : 'a-to-b';
        const client = `client-${1 + dice.choose(users)}`;
        const other = ['sfu-*', 'backend-*', `client-${1 + dice.choose(users)}`][dice.choose(3)]!;
        const [from, to] = dice.chance(0.5) ? [client, other] : [other, client];
        faults.push({ kind: 'partition', atS, forS: longS, from: [from!], to: [to!], way });
        break;
      }
    }
  }
  return faults.sort((a, b) => a.atS - b.atS);
}
