import type { Counterexample, CounterexampleEvent } from '../../../reports/counterexample/index.js';

const MEMBERS = 'channel:7:members';
const LOCK = 'channel:7:lock';

type Draft = Omit<CounterexampleEvent, 'n'>;

/** Two joins and a lost update (hazard lock-no-fence), by hand: backend-1 pauses inside its critical section for longer than the lease. */
export function raceFixture(changes: Partial<Counterexample> = {}): Counterexample {
  const drafts: Draft[] = [
    { atUs: 1_000_000, host: 'client-1', kind: 'action', label: 'join channel 7' },
    {
      atUs: 1_020_400,
      host: 'backend-1',
      kind: 'message',
      label: 'join',
      from: 'client-1',
      sentUs: 1_000_000,
      cause: 0,
      detail: 'channel 7, session 1',
    },
    {
      atUs: 1_021_100,
      host: 'redis-1',
      kind: 'command',
      label: 'SET lock NX PX 5000',
      from: 'backend-1',
      sentUs: 1_020_400,
      cause: 1,
      reads: [LOCK],
      writes: [LOCK],
      detail: `SET ${LOCK} 7f3a NX PX 5000`,
      state: { lock: '7f3a' },
    },
    {
      atUs: 1_021_900,
      host: 'backend-1',
      kind: 'message',
      label: 'OK',
      from: 'redis-1',
      sentUs: 1_021_100,
      cause: 2,
      state: { holds: '7f3a' },
    },
    {
      atUs: 1_022_600,
      host: 'redis-1',
      kind: 'command',
      label: 'GET members',
      from: 'backend-1',
      sentUs: 1_021_900,
      cause: 3,
      reads: [MEMBERS],
      detail: `GET ${MEMBERS}`,
    },
    {
      atUs: 1_023_300,
      host: 'backend-1',
      kind: 'message',
      label: 'members are []',
      from: 'redis-1',
      sentUs: 1_022_600,
      cause: 4,
      state: { members: '[]' },
    },
    {
      atUs: 1_024_000,
      host: 'backend-1',
      kind: 'fault',
      label: 'paused for 6.0 s',
      chosen: true,
      state: { running: false },
    },
    { atUs: 1_500_000, host: 'client-2', kind: 'action', label: 'join channel 7' },
    {
      atUs: 1_518_800,
      host: 'backend-2',
      kind: 'message',
      label: 'join',
      from: 'client-2',
      sentUs: 1_500_000,
      cause: 7,
      detail: 'channel 7, session 2',
    },
    {
      atUs: 1_519_500,
      host: 'redis-1',
      kind: 'command',
      label: 'SET lock NX PX 5000',
      from: 'backend-2',
      sentUs: 1_518_800,
      cause: 8,
      reads: [LOCK],
      detail: `SET ${LOCK} c41e NX PX 5000: nil`,
    },
    {
      atUs: 1_520_200,
      host: 'backend-2',
      kind: 'message',
      label: 'nil: locked',
      from: 'redis-1',
      sentUs: 1_519_500,
      cause: 9,
    },
    ...[2, 3, 4].map(
      (second): Draft => ({
        atUs: second * 1_000_000,
        host: 'backend-2',
        kind: 'message',
        label: 'heartbeat',
        from: 'client-2',
        routine: true,
      }),
    ),
    {
      atUs: 6_021_100,
      host: 'redis-1',
      kind: 'timer',
      label: 'the lease ends',
      cause: 2,
      writes: [LOCK],
      state: { lock: null },
      omittedBefore: { count: 9, what: 'heartbeats' },
    },
    { atUs: 6_050_000, host: 'backend-2', kind: 'timer', label: 'tries the lock again', cause: 10 },
    {
      atUs: 6_050_700,
      host: 'redis-1',
      kind: 'command',
      label: 'SET lock NX PX 5000',
      from: 'backend-2',
      sentUs: 6_050_000,
      cause: 15,
      reads: [LOCK],
      writes: [LOCK],
      state: { lock: 'c41e' },
    },
    {
      atUs: 6_051_400,
      host: 'backend-2',
      kind: 'message',
      label: 'OK',
      from: 'redis-1',
      sentUs: 6_050_700,
      cause: 16,
      state: { holds: 'c41e' },
    },
    {
      atUs: 6_052_800,
      host: 'redis-1',
      kind: 'command',
      label: 'SET members ["2"]',
      from: 'backend-2',
      sentUs: 6_051_400,
      cause: 17,
      writes: [MEMBERS],
      detail: `SET ${MEMBERS} ["2"]`,
      state: { members: '["2"]' },
    },
    {
      atUs: 6_072_000,
      host: 'client-2',
      kind: 'message',
      label: 'joined',
      from: 'backend-2',
      sentUs: 6_053_500,
      cause: 17,
      state: { joined: true },
    },
    { atUs: 7_024_000, host: 'backend-1', kind: 'fault', label: 'wakes up', cause: 6, state: { running: true } },
    {
      atUs: 7_024_700,
      host: 'redis-1',
      kind: 'command',
      label: 'SET members ["1"]',
      from: 'backend-1',
      sentUs: 7_024_000,
      cause: 20,
      writes: [MEMBERS],
      chosen: true,
      lateUs: 6_000_700,
      detail: `SET ${MEMBERS} ["1"]; written without a token`,
      state: { members: '["1"]' },
    },
    { atUs: 7_025_400, host: 'backend-1', kind: 'message', label: 'OK', from: 'redis-1', sentUs: 7_024_700, cause: 21 },
    {
      atUs: 7_044_000,
      host: 'client-1',
      kind: 'message',
      label: 'joined',
      from: 'backend-1',
      sentUs: 7_025_400,
      cause: 22,
      state: { joined: true },
    },
    {
      atUs: 7_044_000,
      host: 'client-2',
      kind: 'violation',
      label: 'believes it is in channel 7, the store does not know it',
      cause: 21,
    },
  ];
  return {
    format: 'deadair-counterexample',
    version: 1,
    deadairVersion: '0.1.0',
    scenario: { name: 'two-joins', hash: '521afa10bcbc6401' },
    hazard: 'lock-no-fence',
    seed: 7,
    strategy: 'surw',
    violation: {
      oracle: 'membership',
      kind: 'safety',
      message: 'client-2 believes it is in channel 7, but the store does not know it',
      atUs: 7_044_000,
      subjects: ['2', 'channel 7'],
    },
    hosts: [
      { id: 'client-1', kind: 'client' },
      { id: 'client-2', kind: 'client' },
      { id: 'backend-1', kind: 'backend' },
      { id: 'backend-2', kind: 'backend' },
      { id: 'redis-1', kind: 'redis' },
    ],
    events: drafts.map((draft, n) => ({ n, ...draft })),
    critical: {
      first: 18,
      second: 21,
      sentence:
        'backend-1 writes the members that it read before its pause over those that backend-2 has written since.',
      swapPasses: true,
    },
    minimised: { actors: 2, actions: 2, faults: 1, choices: 2, replays: 143 },
    actions: [
      { atS: 1, actor: 'client-1', what: 'join channel 7' },
      { atS: 1.5, actor: 'client-2', what: 'join channel 7' },
    ],
    faults: [{ atS: 1.024, kind: 'backend-pause', target: 'backend-1', forS: 6 }],
    replay: 'deadair replay two-joins.repro.json --step',
    ...changes,
  };
}

/** A long one, made by a small congruential generator: many hosts that send each other messages, with lost, late and routine ones. */
export function longFixture(hostCount: number, eventCount: number): Counterexample {
  let seed = 12_345;
  const draw = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 4_294_967_296) * below);
  };
  const kinds = [
    'client',
    'client',
    'client',
    'backend',
    'redis',
    'client',
    'backend',
    'sfu',
    'client',
    'sentinel',
    'client',
    'balancer',
  ];
  const counts = new Map<string, number>();
  const hosts = Array.from({ length: hostCount }, (_, index) => {
    const kind = kinds[index % kinds.length] as string;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return { id: `${kind}-${counts.get(kind)}`, kind };
  }).sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
  const latest = new Map<string, { n: number; atUs: number }>();
  let atUs = 2_000_000;
  const events = Array.from({ length: eventCount }, (_, n): CounterexampleEvent => {
    atUs += draw(20) === 0 ? 900_000 : draw(3000);
    const host = hosts[draw(hosts.length)] as { id: string; kind: string };
    const sender = hosts[draw(hosts.length)] as { id: string; kind: string };
    const cause = latest.get(sender.id);
    const last = n === eventCount - 1;
    const kind = last
      ? 'violation'
      : host.kind === 'redis'
        ? 'command'
        : draw(7) === 0
          ? 'state'
          : draw(9) === 0
            ? 'timer'
            : 'message';
    const routine = kind === 'message' && draw(4) === 0;
    const event: CounterexampleEvent = {
      n,
      atUs,
      host: host.id,
      kind,
      label: last
        ? 'two backends hold the lock of channel 7'
        : routine
          ? 'heartbeat'
          : `${kind === 'command' ? 'HGETALL channel:7:state' : kind} ${n}`,
      ...(kind === 'command' ? { reads: [`channel:${draw(3)}:state`] } : {}),
      ...(kind === 'state' ? { state: { mode: draw(2) === 0 ? 'p2p' : 'sfu', epoch: n } } : {}),
      ...(routine ? { routine: true as const } : {}),
      ...(draw(40) === 0 ? { chosen: true as const, lateUs: draw(90_000) } : {}),
      ...(sender.id === host.id || cause === undefined || kind === 'state' || kind === 'timer' || last
        ? {}
        : { from: sender.id, cause: cause.n, sentUs: cause.atUs }),
    };
    latest.set(host.id, { n, atUs });
    return event;
  });
  const commands = events.filter((event) => event.kind === 'command').map(({ n }) => n);
  const [first = 0, second = 1] = commands.slice(-3);
  return raceFixture({
    hosts,
    events,
    violation: {
      oracle: 'exclusive-writes',
      kind: 'safety',
      message: 'two backends hold the lock of channel 7',
      atUs,
      subjects: ['backend-1', 'backend-2'],
    },
    critical: { first, second, sentence: 'The second acquires while the first still works.', swapPasses: false },
  });
}

/** Nothing but what the schema demands. */
export function leastFixture(): Counterexample {
  return raceFixture({
    hosts: [{ id: 'backend-1', kind: 'backend' }],
    events: [{ n: 0, atUs: 0, host: 'backend-1', kind: 'violation', label: '' }],
    critical: null,
    actions: [],
    faults: [],
    minimised: { actors: 0, actions: 0, faults: 0, choices: 0, replays: 0 },
    violation: { oracle: 'membership', kind: 'liveness', message: 'nothing happens', atUs: 0, subjects: [] },
  });
}
