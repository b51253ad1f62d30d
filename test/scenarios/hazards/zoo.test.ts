import { describe, expect, test } from 'vitest';
import { type Classes, classes, collaboratorsOf, type Hazard } from '../../../scenarios/hazards/hazard.js';
import { storeHazards } from '../../../scenarios/hazards/store-hazards.js';
import type { Scenario } from '../../../sim/scenario/index.js';
import { simulate } from '../../../sim/simulate.js';
import { nearbySeeds } from './nearby-seeds.js';
import * as worlds from './timed-worlds.js';

type ScenarioFault = worlds.Fault;

const pausedAt = (atS: number, forS: number) => ({ kind: 'backend-pause', atS, target: 'backend-1', forS }) as const;
const noSfuAt = (atS: number, forS: number) => ({ kind: 'sfu-crash', atS, target: 'sfu-*', forS }) as const;
const slowSfuAt = (atS: number, forS: number) => ({ kind: 'sfu-pause', atS, target: 'sfu-*', forS }) as const;
const cutOff = (atS: number, forS: number, from: string[], to: string): ScenarioFault => ({
  kind: 'partition',
  atS,
  forS,
  from,
  to: [to],
});
/** Members do not answer, so the migration takes long. */
const unanswered = (atS: number) => cutOff(atS, 14, ['client-1', 'client-2', 'client-3'], 'backend-*');
const restartAt = (atS: number) => ({ kind: 'redis-restart', atS, target: 'primary', keepData: true }) as const;
const crashAt = (atS: number) => ({ kind: 'backend-crash', atS, target: 'backend-1', forS: 2 }) as const;

/** Worlds in which a hazard shows: world, seed, and the oracles that may find it. Hazards without one need a search. */
const timed: Readonly<Record<string, readonly [Scenario, number, ...string[]]>> = {
  'lock-release-unowned': [worlds.rush(pausedAt(1.6, 5.05)), 1, 'exclusive-writes', 'lock-linearizable'],
  'lock-no-fence': [worlds.joining(pausedAt(2.1, 6)), 1, 'participant-count'],
  'lock-slow-section': [worlds.joining(slowSfuAt(0.9, 6.5)), 1, 'exclusive-writes'],
  'lock-failover': [worlds.joining(restartAt(2.75), slowSfuAt(0.9, 4.4)), 1, 'exclusive-writes'],
  'count-by-increment': [worlds.tabs(), 1, 'participant-count'],
  'join-torn': [worlds.rush(), 1, 'participant-count'],
  'join-no-undo': [worlds.rush(noSfuAt(0.9, 8)), 1, 'stuck-migration'],
  'leave-flag-stuck': [worlds.coming(), 2, 'lost-join'],
  'started-at-unset': [worlds.rush(), 1, 'early-rollback'],
  'pubsub-at-most-once': [worlds.rush(cutOff(1.7, 25, ['backend-1'], 'redis-*')), 1, 'one-path'],
  'queue-check-then-push': [worlds.rush(pausedAt(1.2, 2)), 1, 'exclusive-writes'],
  'queue-drain-then-delete': [worlds.rush(pausedAt(1.35, 2)), 1, 'lost-join'],
  'queue-pop-crash': [worlds.rush(crashAt(3.2)), 1, 'lost-join'],
  'queue-ghost': [worlds.impatient(unanswered(1.8)), 1, 'membership'],
  'queue-retry-double': [worlds.rush(unanswered(1.8)), 1, 'participant-count'],
  'queue-notify-local': [worlds.rush(), 1, 'lost-join'],
  'queue-error-dropped': [worlds.rush(noSfuAt(2.2, 8)), 1, 'lost-join'],
  'reconcile-unlocked': [worlds.rush(), 1, 'exclusive-writes'],
  'reconcile-deletes-live': [worlds.lonely(), 1, 'exclusive-writes'],
  'sfu-loss-overload': [worlds.rush(noSfuAt(6, 15)), 1, 'mesh-limit'],
};

const said = async (scenario: Scenario, seed: number, ...hazards: readonly Hazard[]) => {
  const { violations } = await simulate(scenario, { seed, collaborators: collaboratorsOf(...hazards) });
  return violations.map(({ oracle }) => oracle);
};

test('identities are unique, and the timed worlds name hazards', () => {
  const ids = storeHazards.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(Object.keys(timed)));
});

describe.each(storeHazards.map((hazard) => [hazard.id, hazard] as const))('%s', (id, hazard) => {
  test('says what the documents do and what people would see', () => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(hazard.documented.length).toBeGreaterThan(20);
    expect(hazard.shows.length).toBeGreaterThan(10);
    expect(hazard.shortest).toBeGreaterThanOrEqual(2);
  });

  test('changes collaborators by methods of their own', () => {
    const changed = Object.entries(collaboratorsOf(hazard)) as [keyof Classes, (typeof classes)[keyof Classes]][];
    expect(changed.length).toBeGreaterThan(0);
    for (const [name, Changed] of changed) {
      expect(Changed).not.toBe(classes[name]);
      expect(Changed.prototype).toBeInstanceOf(classes[name]);
      const own = Object.getOwnPropertyNames(Changed.prototype).filter((method) => method !== 'constructor');
      expect(own.length).toBeGreaterThan(0);
    }
  });

  const world = timed[id];
  if (world === undefined) return;
  const [scenario, seed, ...finders] = world;

  test(`is found by ${finders.join(' or ')}, and the correct core passes`, async () => {
    const heard: string[] = [];
    for (const near of nearbySeeds(seed)) {
      expect(await said(scenario, near)).toEqual([]);
      const objecting = await said(scenario, near, hazard);
      if (objecting.some((oracle) => finders.includes(oracle))) return;
      heard.push(...objecting);
    }
    expect.fail(`nobody of ${finders.join(', ')} objects; others: ${heard.join(', ') || 'none'}`);
  });
});
