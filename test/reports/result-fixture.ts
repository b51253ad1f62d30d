import type { RunResult } from '../../reports/result-schema.js';

/** A made-up result with something of everything. Deterministic: a small congruential generator stands for chance. */
export function fixtureResult(changes: Partial<RunResult> = {}): RunResult {
  const draw = generator(7);
  const join: [number, number][] = [];
  const migration: [number, number][] = [];
  for (let index = 0; index < 900; index++)
    join.push([index * 0.36, 40 + draw() * 90 + (draw() > 0.95 ? draw() * 900 : 0)]);
  for (let index = 0; index < 60; index++)
    migration.push([20 + index * 5.2, 700 + draw() * 900 + (draw() > 0.9 ? 2500 : 0)]);
  const steps = (values: (second: number) => number): [number, number][] =>
    Array.from({ length: 331 }, (_, second) => [second, Math.max(0, Math.round(values(second)))]);
  const rising = (second: number) => Math.min(1, second / 150);
  return {
    schemaVersion: 1,
    deadairVersion: '0.1.0',
    scenario: {
      name: 'redis-failover',
      description: 'The Redis primary is killed under load; the sentinels promote a replica (C8, A12).',
      hash: '521afa10bcbc6401',
      options: { name: 'redis-failover', durationS: 300, drainS: 30, population: { clients: 100 } },
    },
    seed: 7,
    traceHash: '9f3c5a0b7d21e884',
    simulatedSeconds: 330,
    wallSeconds: 0.731,
    events: 412_345,
    clients: 100,
    metrics: {
      join_latency_ms: {
        kind: 'histogram',
        unit: 'ms',
        count: 912,
        min: 40.2,
        avg: 103.4,
        med: 86.1,
        p90: 131,
        p95: 188.4,
        p99: 702,
        max: 1011,
      },
      migration_duration_ms: {
        kind: 'histogram',
        unit: 'ms',
        count: 60,
        min: 712,
        avg: 1300,
        med: 1180,
        p90: 3100,
        p95: 3620,
        p99: 3990,
        max: 4012,
      },
      audible_gap_ms: {
        kind: 'histogram',
        unit: 'ms',
        count: 40,
        min: 22,
        avg: 180,
        med: 90,
        p90: 500,
        p95: 900,
        p99: 2100,
        max: 2140,
      },
      first_connection_ms: {
        kind: 'histogram',
        unit: 'ms',
        count: 0,
        min: null,
        avg: null,
        med: null,
        p90: null,
        p95: null,
        p99: null,
        max: null,
      },
      migrations_started: { kind: 'counter', unit: '1', value: 62 },
      migrations_completed: { kind: 'counter', unit: '1', value: 60 },
      migrations_rolled_back: { kind: 'counter', unit: '1', value: 2 },
      error_rate: { kind: 'rate', unit: 'share', value: 0.0043 },
      redis_outage_ms: { kind: 'gauge', unit: 'ms', value: 11_240 },
      reconnects: { kind: 'counter', unit: '1', value: 0 },
    },
    expectations: [
      { metric: 'redis_outage_ms', expression: 'value<30000', level: 'fail', actual: 11_240, pass: true },
      { metric: 'migration_duration_ms', expression: 'p(95)<2000', level: 'fail', actual: 3620, pass: false },
      { metric: 'join_latency_ms', expression: 'p(95)<150', level: 'warn', actual: 188.4, pass: false },
      { metric: 'error_rate', expression: 'rate<0.01', level: 'fail', actual: 0.0043, pass: true },
      {
        metric: 'first_connection_ms',
        expression: 'p(95)<1500',
        level: 'fail',
        actual: null,
        pass: false,
        reason: 'no samples',
      },
    ],
    violations: [
      {
        oracle: 'mode-agreement',
        kind: 'safety',
        atS: 131.4452,
        message: 'client-12 believes that channel 4 is in P2P, client-3 and 6 others believe that it is on the SFU',
        subjects: ['channel 4', 'client-12', 'client-3'],
        events: [
          event(118.2011, 'client-12', 'backend-1', 'join', 'join channel 4'),
          event(118.2502, 'backend-1', 'redis-1', 'redis', 'EVALSHA commit channel:4'),
          event(118.2507, 'redis-1', 'backend-1', 'redis', 'OK version 17'),
          event(118.2508, 'backend-1', null, 'migration', 'migration 17 begins, to the SFU'),
          event(118.2911, 'backend-1', 'client-12', 'channel', 'channel 4, version 17'),
          event(120.0, 'redis-1', null, 'crash', 'crash'),
          event(129.9, 'sentinel-2', 'redis-2', 'redis', 'REPLICAOF NO ONE'),
          event(
            131.02,
            'backend-2',
            'redis-2',
            'redis',
            'EVALSHA commit channel:4 with a label that is far too long for its arrow',
          ),
          event(131.4, 'backend-2', 'client-3', 'channel', 'channel 4, version 17'),
          event(131.4452, 'client-12', null, 'view', 'stays on the old path'),
        ],
      },
    ],
    series: [
      {
        name: 'migrations_in_progress',
        unit: '1',
        points: steps((second) => 3 * Math.abs(Math.sin(second / 9)) * rising(second)),
      },
      { name: 'channels_p2p', unit: '1', points: steps((second) => 10 * rising(second) - 7 * rising(second - 60)) },
      { name: 'channels_sfu', unit: '1', points: steps((second) => 7 * rising(second - 60)) },
      {
        name: 'participants_p2p',
        unit: '1',
        points: steps((second) => 40 * rising(second) - 25 * rising(second - 60)),
      },
      { name: 'participants_sfu', unit: '1', points: steps((second) => 75 * rising(second - 60)) },
    ],
    samples: [
      { name: 'join_latency_ms', points: join },
      { name: 'migration_duration_ms', points: migration },
    ],
    gaps: Array.from({ length: 40 }, (_, index) => ({
      atS: 100 + index * 2.3,
      durationMs: 22 + draw() * 400 + (index === 12 ? 1700 : 0),
      listener: `client-${index}`,
      talker: `client-${(index * 7) % 40}`,
      channelId: 1 + (index % 10),
      cause: index % 3 === 0 ? 'migration' : 'redis-crash',
    })),
    faults: [{ kind: 'redis-crash', target: 'redis-1', fromS: 120, toS: 180 }],
    notes: ['Expectation first_connection_ms had no samples.'],
    verdict: 'safety',
    oracles: ['mode-agreement', 'membership', 'audible-gap'],
    ...changes,
  };
}

/** A result in which nothing happened: every empty state of the page. */
export function emptyResult(): RunResult {
  return fixtureResult({
    metrics: {},
    expectations: [],
    violations: [],
    series: [],
    samples: [],
    gaps: [],
    faults: [],
    notes: [],
    verdict: 'pass',
  });
}

function event(atS: number, from: string, to: string | null, kind: string, label: string) {
  return { atUs: Math.round(atS * 1_000_000), from, to, kind, label };
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
