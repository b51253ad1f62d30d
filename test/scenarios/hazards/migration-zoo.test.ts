import { describe, expect, test } from 'vitest';
import { documented } from '../../../scenarios/hazards/documented.js';
import { collaboratorsOf } from '../../../scenarios/hazards/hazard.js';
import { migrationHazards } from '../../../scenarios/hazards/migration-hazards.js';
import { simulate } from '../../../sim/simulate.js';
import { nearbySeeds } from './nearby-seeds.js';
import { type SmallWorld, smallWorld } from './small-worlds.js';

type Sighting = readonly [world: SmallWorld, seed: number, oracle: string];

/** For each hazard a world, drawn from a seed with latencies as they come, in which an oracle objects to it. */
const sightings: Readonly<Record<string, Sighting>> = {
  'flag-cleared-early': ['calm', 1, 'migration-atomic'],
  'ack-lost-update': ['calm', 1, 'needless-rollback'],
  'ack-in-memory': ['calm', 1, 'needless-rollback'],
  'ack-count-equality': ['shortTimeouts', 34, 'needless-rollback'],
  'ack-duplicate': ['slowClients', 2, 'migration-atomic'],
  'timeout-vs-complete': ['tightDeadline', 32, 'migration-atomic'],
  'watchdog-in-memory': ['crashAtStart', 22, 'stuck-migration'],
  'rollback-local-only': ['shortTimeouts', 2, 'one-path'],
  'no-epoch': ['slowClients', 7, 'migration-atomic'],
  'close-before-all-ready': ['slowClients', 1, 'audible-gap'],
  'break-before-make': ['calm', 1, 'audible-gap'],
  'rollback-stale-roster': ['shortTimeouts', 5, 'audible-gap'],
  'health-of-one': ['network', 1, 'one-path'],
  'rollback-one-leaves-others': ['cutOffFromSfu', 6, 'migration-atomic'],
  'threshold-equality': ['rush', 5, 'overdue-switch'],
  'no-hysteresis': ['border', 1, 'hot-state'],
  documented: ['calm', 1, 'audible-gap'],
};

const zoo = [...migrationHazards, documented];

/** Oracles that object, and what they say. */
async function judged(world: SmallWorld, seed: number, hazardId?: string): Promise<Map<string, string>> {
  const hazard = zoo.find(({ id }) => id === hazardId);
  const result = await simulate(smallWorld(world, seed), {
    seed,
    ...(hazard ? { collaborators: collaboratorsOf(hazard) } : {}),
  });
  return new Map(result.violations.map(({ oracle, message }) => [oracle, message]));
}

test('there is a sighting of every hazard', () => {
  expect(zoo.map(({ id }) => id).sort()).toEqual(Object.keys(sightings).sort());
});

describe.each(Object.entries(sightings))('%s', (id, [world, seed, oracle]) => {
  test(`is found by ${oracle}, and the correct core passes`, async () => {
    const heard: string[] = [];
    for (const near of nearbySeeds(seed)) {
      expect([...(await judged(world, near))]).toEqual([]);
      const objecting = await judged(world, near, id);
      if (objecting.has(oracle)) return;
      heard.push(...objecting.keys());
    }
    expect.fail(`${oracle} says nothing; others: ${heard.join(', ') || 'none'}`);
  });
});
