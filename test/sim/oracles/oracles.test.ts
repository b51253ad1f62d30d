import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../../reports/result-schema.js';
import { clearLiveMigration } from '../../../scenarios/hazards/clear-live-migration.js';
import { collaboratorsOf } from '../../../scenarios/hazards/hazard.js';
import { rateGetThenIncr } from '../../../scenarios/hazards/rate-get-then-incr.js';
import { sfuLossOverload } from '../../../scenarios/hazards/sfu-loss-overload.js';
import { startedAtUnset } from '../../../scenarios/hazards/started-at-unset.js';
import { oracles } from '../../../sim/oracles/index.js';
import { resolveScenario, type Scenario, type ScenarioInput } from '../../../sim/scenario/index.js';
import { simulate } from '../../../sim/simulate.js';
import * as calls from './call-variants.js';
import * as rollouts from './rollout-variants.js';
import * as variants from './variants.js';

const { overtaken, ...broken } = variants;
type Variant = variants.Variant;

/** Short, few people, nothing but what is needed. */
function small(name: string, changes: Partial<ScenarioInput>): Scenario {
  return resolveScenario({
    name,
    durationS: 20,
    drainS: 20,
    policy: { profile: 'calls' },
    topology: { backends: 2, sfuNodes: 2, redis: { replicas: 0, sentinels: 0 } },
    ...changes,
  });
}

const call = { clients: 4, channels: 1, membersMin: 4, membersMax: 4 } as const;

/** Four join within a second: the third starts the migration, the fourth waits. */
const storm = small('storm', { population: { ...call, arrival: { kind: 'storm', atS: 1, overS: 1 } } });

/** Some of them are slow. */
const slow = small('slow', {
  durationS: 30,
  population: { ...call, arrival: { kind: 'ramp', atS: 1, overS: 9 } },
  network: { clientProfiles: { wifi: 1, '3g': 1 } },
});

/** A third and a fourth come and go. */
const guests = small('guests', {
  durationS: 50,
  population: {
    ...call,
    arrival: { kind: 'storm', atS: 1, overS: 1 },
    guests: { perChannel: 2, atS: 10, overS: 5, stayS: 6, visits: 1 },
  },
});

/** Half of the users have the flag, and half of all rooms fail to start. */
const halfRolledOut = small('half-rolled-out', {
  durationS: 60,
  population: {
    clients: 18,
    channels: 6,
    membersMin: 3,
    membersMax: 3,
    arrival: { kind: 'storm', atS: 1, overS: 1 },
    guests: { perChannel: 2, atS: 2, overS: 3, stayS: 8, awayS: 5, visits: 100 },
  },
  rollout: {
    startS: 2,
    stages: [
      { name: 'half', share: 0.5, minS: 25, minMigrations: 5 },
      { name: 'all', share: 1, minS: 25, minMigrations: 5 },
    ],
  },
  faults: [{ kind: 'sfu-flaky', atS: 1, target: 'sfu-*', forS: 59, startFailShare: 0.5 }],
});

/** Four join at the same moment, and stay in the mesh. */
const rush = small('rush', {
  durationS: 10,
  policy: { profile: 'channels' },
  population: { ...call, arrival: { kind: 'storm', atS: 1, overS: 0 } },
});

/** Six in a call of which a mesh carries four; then there is no SFU any more. */
const sfuLost = small('sfu-lost', {
  durationS: 30,
  drainS: 30,
  policy: { profile: 'calls', meshLimit: 4, retryMs: 1_000 },
  population: { ...call, clients: 6, membersMin: 6, membersMax: 6, arrival: { kind: 'storm', atS: 1, overS: 1 } },
  faults: [{ kind: 'sfu-crash', atS: 8, target: 'sfu-*', forS: 10 }],
});

/** A far Redis, which makes migrations slow, and reconciliation every second. */
const reconciled = small('reconciled', {
  policy: { profile: 'calls', reconcileEveryMs: 1_000, retryMs: 1_000 },
  population: { ...call, arrival: { kind: 'storm', atS: 1, overS: 1 } },
  network: { clientProfiles: { wifi: 1 }, profileByKind: { redis: 'wifi' } },
});

/** Four join at about the same moment, and Redis is far: whoever does not wait for the lock overwrites the others. */
const farRush = small('far-rush', {
  durationS: 10,
  policy: { profile: 'channels' },
  population: { ...call, arrival: { kind: 'storm', atS: 1, overS: 0.3 } },
  network: { clientProfiles: { wifi: 1 }, profileByKind: { redis: 'wifi' } },
});

/** People open a second tab, so late that the first is still open at the end. */
const tabs = small('tabs', {
  durationS: 50,
  drainS: 1,
  population: { ...call, secondTabShare: 1, arrival: { kind: 'storm', atS: 1, overS: 1 } },
});

/** A service that promises more than usual, and time to wait for it in vain. */
const prompt = small('prompt', {
  durationS: 30,
  drainS: 30,
  policy: {
    profile: 'calls',
    migrationTimeoutMs: 6_000,
    settleTimeoutMs: 3_000,
    rollbackTimeoutMs: 2_000,
    retryMs: 1_000,
    retryMaxMs: 4_000,
  },
  population: { ...call, arrival: { kind: 'storm', atS: 1, overS: 1 } },
});

const join = (atS: number, user: number, channel: number) => ({ atS, user, do: 'open-tab' as const, channel });

/** Two people in four rooms of the SFU, again and again; the tokens of one are revoked. */
const tokens = small('tokens', {
  drainS: 70,
  policy: { profile: 'always-sfu' },
  tokens: {},
  population: {
    script: [
      ...[1, 2].map((user) => ({ atS: 1, user, do: 'join' as const, channel: 1 })),
      ...[2, 4, 6].flatMap((atS) => [1, 2].flatMap((user) => [2, 3, 4, 5].map((channel) => join(atS, user, channel)))),
    ],
  },
  faults: [{ kind: 'operator', atS: 3, do: 'revoke-tokens', user: 1 }],
});

/** Two people open four rooms in the same instant, and may be in two. */
const manyTabs = small('many-tabs', {
  policy: { profile: 'calls', roomsPerUser: 2 },
  population: {
    script: [
      ...[1, 2].map((user) => ({ atS: 1, user, do: 'join' as const, channel: 1 })),
      ...[1, 2].flatMap((user) => [2, 3, 4].map((channel) => join(2, user, channel))),
      ...[1, 2].map((user) => ({ atS: 10, user, do: 'close-tab' as const })),
    ],
  },
});

/** Operators who clear what is stuck while four join. */
const cleared = small('cleared', {
  tokens: { perWindow: 100 },
  population: { ...call, arrival: { kind: 'storm', atS: 1, overS: 1 } },
  faults: [1.6, 1.8, 2, 2.2, 2.4, 2.6, 3].map((atS) => ({
    kind: 'operator' as const,
    atS,
    do: 'clear-stuck' as const,
  })),
});

/** One of two backends does not reach Redis. */
const halfBlind = small('half-blind', {
  durationS: 120,
  policy: { profile: 'channels', storePatienceMs: 0 },
  population: { ...call, arrival: { kind: 'storm', atS: 1, overS: 1 } },
  faults: [{ kind: 'partition', atS: 10, forS: 100, from: ['backend-1'], to: ['redis-*'] }],
});

/** Two organisations of three who answer together, and a call every two seconds. */
const desk = small('desk', {
  durationS: 60,
  drainS: 60,
  calls: {
    policy: { ringTimeoutMs: 8_000, waitTimeoutMs: 10_000, lookEveryMs: 3_000, leaseMs: 32_000, busyGraceMs: 3_000 },
    organisations: [
      {
        copies: 2,
        staff: { count: 3, overS: 1, answerMinS: 1, answerMeanS: 0 },
        arrivals: [{ atS: 5, overS: 50, count: 25 }],
        talkMeanS: 4,
      },
    ],
  },
});

/** More calls than staff, and callers with patience. */
const crowded = small('crowded', {
  durationS: 60,
  drainS: 60,
  calls: {
    policy: { waitTimeoutMs: 40_000 },
    organisations: [
      {
        staff: { count: 2, overS: 1, answerMinS: 1, answerMeanS: 0 },
        arrivals: [{ atS: 5, overS: 40, count: 12 }],
        talkMeanS: 8,
      },
    ],
  },
});

/** Redis is far, and everybody calls at once. */
const calledAtOnce = small('called-at-once', {
  durationS: 30,
  drainS: 30,
  calls: {
    organisations: [
      {
        staff: { count: 4, overS: 1, answerMinS: 1, answerMeanS: 0 },
        arrivals: [{ atS: 10, overS: 0.2, count: 4 }],
        talkMeanS: 4,
      },
    ],
  },
  network: { clientProfiles: { wifi: 1 }, profileByKind: { redis: 'wifi' } },
});

/** What makes each oracle object: the variant, the world in which it does, and seeds. */
const cases: Readonly<Record<string, readonly (readonly [Variant, Scenario, readonly number[]])[]>> = {
  'mode-agreement': [[broken.switchMissed, slow, [1, 2]]],
  membership: [[broken.leaveForgotten, guests, [1, 2]]],
  'participant-count': [[broken.greedyLock, rush, [1, 2, 3]]],
  'exclusive-writes': [[broken.greedyLock, storm, [1, 2, 3]]],
  'lock-linearizable': [
    [broken.greedyLock, storm, [1, 2, 3]],
    [broken.lockBroken, rush, [1, 2, 3]],
  ],
  'membership-linearizable': [
    [broken.greedyLock, farRush, [1, 2, 3, 4]],
    [broken.listIncomplete, storm, [1, 2]],
  ],
  'no-progress': [[broken.queueNeverDrained, prompt, [1, 2]]],
  'hot-state': [[broken.neverContent, slow, [1, 2]]],
  'no-convergence': [[broken.neverOver, prompt, [1, 2]]],
  'lost-join': [
    [broken.queueNeverDrained, storm, [1, 2]],
    [broken.queuedJoinDropped, storm, [1, 2]],
  ],
  'doubled-join': [[broken.secondTabMissed, tabs, [1, 2]]],
  'newest-tab': [[broken.oldestTabStays, tabs, [1, 2]]],
  'migration-atomic': [[broken.completedEarly, slow, [1, 2]]],
  'stuck-migration': [[broken.neverOver, storm, [1, 2]]],
  'needless-rollback': [[broken.acknowledgementsForgotten, storm, [1, 2]]],
  'overdue-switch': [[broken.meshForEver, storm, [1, 2]]],
  'orphan-room': [[broken.roomsForgotten, guests, [1, 2]]],
  'epoch-order': [[broken.olderViews, storm, [1, 2]]],
  'one-path': [[broken.meshNeverClosed, storm, [1, 2]]],
  'audible-gap': [
    [broken.oldPathClosedAtOnce, slow, [1, 2]],
    [broken.playsBoth, storm, [1, 2]],
  ],
  'mesh-limit': [
    [{ what: sfuLossOverload.documented, collaborators: collaboratorsOf(sfuLossOverload) }, sfuLost, [1, 2]],
  ],
  'token-window': [
    [{ what: rateGetThenIncr.documented, collaborators: collaboratorsOf(rateGetThenIncr) }, tokens, [1, 2, 3]],
  ],
  'room-limit': [[broken.roomsUncounted, manyTabs, [1, 2]]],
  'revoked-means-revoked': [[broken.revocationsMissed, tokens, [1, 2]]],
  'migration-dropped': [
    [{ what: clearLiveMigration.documented, collaborators: collaboratorsOf(clearLiveMigration) }, cleared, [1, 2, 3]],
  ],
  'silent-split': [[broken.degradationUntold, halfBlind, [1, 2, 3]]],
  'early-rollback': [
    [{ what: startedAtUnset.documented, collaborators: collaboratorsOf(startedAtUnset) }, reconciled, [1, 2, 3]],
  ],
  'single-accept': [[calls.acceptedUnchecked, calledAtOnce, [1, 2, 3]]],
  'accepted-or-missed': [[calls.missedAnyway, desk, [1, 2]]],
  'one-end': [[calls.neverMissed, desk, [1, 2]]],
  'one-call-each': [[calls.routedUnchecked, calledAtOnce, [1, 2, 3]]],
  'busy-without-call': [[calls.neverFreed, desk, [1, 2]]],
  'own-staff': [[calls.allForOne, desk, [1, 2]]],
  'call-agreement': [[calls.endMissed, desk, [1, 2]]],
  'call-leftovers': [[calls.keptForLong, desk, [1, 2]]],
  'idle-while-waiting': [[calls.neverRouted, crowded, [1, 2]]],
  'rollout-flag': [[rollouts.flagForgotten, halfRolledOut, [1, 2]]],
  'rollout-gate': [[rollouts.gateForgotten, halfRolledOut, [1, 2]]],
};

const run = (scenario: Scenario, seed: number, variant?: Variant): Promise<RunResult> =>
  simulate(scenario, { seed, ...(variant ? { collaborators: variant.collaborators } : {}) });

const said = ({ violations }: RunResult) =>
  violations.map(({ oracle, atS, message }) => `${oracle} at ${atS} s: ${message}`);

const ofConnections = oracles.filter(({ needs }) => needs === undefined);

test('there is a case for every oracle that needs no voice', () => {
  expect(Object.keys(cases).sort()).toEqual(ofConnections.map(({ id }) => id).sort());
});

describe.each(ofConnections)('$id', ({ id, kind }) => {
  test.each((cases[id] ?? []).map(([variant, scenario, seeds]) => [variant.what, variant, scenario, seeds] as const))(
    'objects to %s',
    async (_, variant, scenario, seeds) => {
      const found: string[] = [];
      for (const seed of seeds) {
        const result = await run(scenario, seed, variant);
        found.push(...said(result));
        const violation = result.violations.find(({ oracle }) => oracle === id);
        if (violation === undefined) continue;
        expect(violation.kind).toBe(kind);
        expect(violation.events.length).toBeGreaterThan(0);
        return;
      }
      expect.fail(`${id} said nothing; others: ${found.join('\n') || 'nothing'}`);
    },
  );
});

describe('the correct core is clean in the same worlds', () => {
  const seeds = [1, 2, 3];
  test.each(
    [
      storm,
      slow,
      guests,
      rush,
      farRush,
      tabs,
      prompt,
      sfuLost,
      reconciled,
      tokens,
      manyTabs,
      cleared,
      halfBlind,
      desk,
      crowded,
      calledAtOnce,
      halfRolledOut,
    ].map((scenario) => [scenario.name, scenario] as const),
  )('%s', async (_, scenario) => {
    for (const seed of seeds) expect(said(await run(scenario, seed))).toEqual([]);
  });

  test(overtaken.what, async () => {
    for (const seed of seeds) expect(said(await run(storm, seed, overtaken))).toEqual([]);
  });
});
