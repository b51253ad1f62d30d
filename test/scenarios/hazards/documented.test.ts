import { describe, expect, test } from 'vitest';
import { documented, documentedMigration, documentedStore } from '../../../scenarios/hazards/documented.js';
import { collaboratorsOf } from '../../../scenarios/hazards/hazard.js';
import { migrationHazards } from '../../../scenarios/hazards/migration-hazards.js';
import { storeHazards } from '../../../scenarios/hazards/store-hazards.js';
import { simulate } from '../../../sim/simulate.js';
import { type SmallWorld, smallWorld } from './small-worlds.js';

/** Why they are not among the others: see there. */
const leftOut = [
  'ack-in-memory',
  'ack-duplicate',
  'close-before-all-ready',
  'lock-no-fence',
  'lock-failover',
  'started-at-unset',
  'leave-flag-stuck',
  'queue-retry-double',
];

const worlds: readonly SmallWorld[] = ['calm', 'slowClients', 'border'];
const seeds = [1, 2, 3];

async function objecting(world: SmallWorld, seed: number, broken: boolean): Promise<readonly string[]> {
  const replaced = broken ? { collaborators: collaboratorsOf(documented) } : {};
  const { violations } = await simulate(smallWorld(world, seed), { seed, ...replaced });
  return violations.map(({ oracle }) => oracle);
}

test('every hazard is in it or left out', () => {
  const inside = [...documentedMigration, ...documentedStore].map(({ id }) => id);
  expect([...inside, ...leftOut].sort()).toEqual([...migrationHazards, ...storeHazards].map(({ id }) => id).sort());
});

describe('the documented design', () => {
  test('breaks in many ways at once', async () => {
    const ways = new Set<string>();
    for (const world of worlds)
      for (const seed of seeds) for (const oracle of await objecting(world, seed, true)) ways.add(oracle);
    expect([...ways].length, [...ways].join(', ')).toBeGreaterThanOrEqual(6);
  });

  test('and the correct core in none, in the same worlds', async () => {
    for (const world of worlds) for (const seed of seeds) expect(await objecting(world, seed, false)).toEqual([]);
  });
});
