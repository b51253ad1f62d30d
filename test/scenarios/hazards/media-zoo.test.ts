import { describe, expect, test } from 'vitest';
import { type Classes, classes, collaboratorsOf } from '../../../scenarios/hazards/hazard.js';
import { mediaHazards } from '../../../scenarios/hazards/media-hazards.js';
import { voiceCrossroads } from '../../../scenarios/voice-crossroads.js';
import { hunt, huntSeed } from '../../../sim/explore/index.js';
import { oracles } from '../../../sim/oracles/index.js';
import { resolveScenario } from '../../../sim/scenario/index.js';

const world = resolveScenario(voiceCrossroads);
const search = { strategy: 'portfolio', schedulesPerSeed: 2 } as const;

/** Who finds what, in the same world. */
const finders: Readonly<Record<string, string>> = {
  'layer-no-rewrite': 'layer-continuity',
  'layer-flap': 'layer-flapping',
  'estimate-oscillates': 'steady-estimate',
};

test('there is a finder of every hazard of media', () => {
  expect(mediaHazards.map(({ id }) => id)).toEqual(Object.keys(finders));
});

describe.each(mediaHazards.map((hazard) => [hazard.id, hazard] as const))('%s', (id, hazard) => {
  test('changes collaborators by methods of their own', () => {
    for (const [name, Changed] of Object.entries(collaboratorsOf(hazard)) as [
      keyof Classes,
      Classes[keyof Classes],
    ][]) {
      expect(Changed.prototype).toBeInstanceOf(classes[name]);
      const own = Object.getOwnPropertyNames(Changed.prototype).filter((method) => method !== 'constructor');
      expect(own.length).toBeGreaterThan(0);
    }
  });

  test(`is found by ${finders[id]}`, async () => {
    const result = await hunt(world, {
      ...search,
      seed: 4,
      schedules: 20,
      collaborators: collaboratorsOf(hazard),
      oracles: oracles.filter((oracle) => oracle.id === finders[id]),
    });
    expect(result.caught?.violation.oracle).toBe(finders[id]);
  });
});

test('the correct core passes', async () => {
  for (const seed of [4, 9]) expect((await huntSeed(world, seed, search)).caught).toBeNull();
});
