import { describe, expect, test } from 'vitest';
import { adminDuringMigration } from '../../../scenarios/admin-during-migration.js';
import { collaboratorsOf, type Hazard, worldOf } from '../../../scenarios/hazards/index.js';
import { rateGetThenIncr } from '../../../scenarios/hazards/rate-get-then-incr.js';
import { serviceHazards } from '../../../scenarios/hazards/service-hazards.js';
import { redisGoneAndBack } from '../../../scenarios/redis-gone-and-back.js';
import { tokenStorm } from '../../../scenarios/token-storm.js';
import { huntSeed } from '../../../sim/explore/hunt-seed.js';
import { seedOptionsOf } from '../../../sim/explore/index.js';
import { resolveScenario, type ScenarioInput } from '../../../sim/scenario/index.js';
import { simulate } from '../../../sim/simulate.js';

/** For each hazard the scenario that it breaks, shortened, and the oracles that may find it. */
const sightings: Readonly<Record<string, readonly [ScenarioInput, ...string[]]>> = {
  'rate-get-then-incr': [
    { ...tokenStorm, durationS: 120, drainS: 20, faults: (tokenStorm.faults ?? []).slice(0, 2) },
    'token-window',
  ],
  'clear-live-migration': [
    { ...adminDuringMigration, durationS: 150, drainS: 30, faults: (adminDuringMigration.faults ?? []).slice(0, 6) },
    'migration-dropped',
  ],
  'degrade-split': [
    {
      ...redisGoneAndBack,
      durationS: 200,
      drainS: 60,
      faults: [{ kind: 'partition', atS: 60, forS: 90, from: ['backend-2'], to: ['redis-*'] }],
    },
    'exclusive-writes',
    'participant-count',
    'membership',
  ],
};

const said = async (input: ScenarioInput, ...hazards: readonly Hazard[]) => {
  const { violations } = await simulate(resolveScenario(input), {
    seed: 1,
    collaborators: collaboratorsOf(...hazards),
  });
  return violations.map(({ oracle }) => oracle);
};

test('there is a sighting of every hazard', () => {
  expect(serviceHazards.map(({ id }) => id).sort()).toEqual(Object.keys(sightings).sort());
});

describe.each(serviceHazards.map((hazard) => [hazard.id, hazard] as const))('%s', (id, hazard) => {
  const [scenario, ...finders] = sightings[id]!;
  test(`is found by ${finders.join(' or ')}, and the correct core passes`, async () => {
    expect(await said(scenario)).toEqual([]);
    expect((await said(scenario, hazard)).some((oracle) => finders.includes(oracle))).toBe(true);
  });
});

test('the race for the last token is hunted in its own world, and the correct core is clean in the same schedules', async () => {
  const scenario = resolveScenario(worldOf(rateGetThenIncr));
  const found: string[] = [];
  // seeds of hunts that have found it
  for (const seed of [200_430, 100_627, 795]) {
    const once = async (collaborators = {}) =>
      (await huntSeed(scenario, seed, { ...seedOptionsOf({}), collaborators })).caught?.violation.oracle;
    expect(await once()).toBeUndefined();
    const oracle = await once(collaboratorsOf(rateGetThenIncr));
    if (oracle !== undefined) found.push(oracle);
  }
  expect(found).toContain('token-window');
});
