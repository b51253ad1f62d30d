import { describe, expect, test } from 'vitest';
import { ModeController } from '../../core/client/mode-controller.js';
import { defineScenario, resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import type { Replacements } from '../../sim/world/world.js';

/** Person 3 joins at a primary that is about to lose all since it was cut off; then its backend dies, and it reaches no other to say that it is there. */
const forgotten = resolveScenario(
  defineScenario({
    name: 'forgotten-member',
    description: 'A failover throws the join of somebody away who reaches no backend for a while, but all the others.',
    durationS: 80,
    drainS: 40,
    population: {
      script: [
        { atS: 1, user: 1, do: 'join' },
        { atS: 2, user: 2, do: 'join' },
        { atS: 12, user: 3, do: 'join' },
      ],
    },
    faults: [
      { kind: 'partition', atS: 10, forS: 12, from: ['redis-1'], to: ['redis-*', 'sentinel-*'], way: 'a-to-b' },
      { kind: 'backend-crash', atS: 20, target: 'backend-1', forS: 4 },
      { kind: 'partition', atS: 20, forS: 25, from: ['client-3'], to: ['backend-*'] },
    ],
  }),
);

async function run(collaborators: Replacements = {}) {
  const rosters = new Set<string>();
  const result = await simulate(forgotten, {
    seed: 1,
    collaborators,
    onWorld: (world) => {
      world.sim.at(40e6, () => {
        for (const { tab } of world.population.clients.slice(0, 2)) {
          rosters.add(tab!.controller.roster.map(({ userId }) => userId).join());
        }
      });
    },
  });
  const { violations, gaps } = result;
  return { rosters: [...rosters], violations, pairs: gaps.map(({ listener, talker }) => `${talker} to ${listener}`) };
}

describe('a member that only the store has forgotten', () => {
  test('is heard by the others, and hears them, until it can say that it is there', async () => {
    const { rosters, violations, pairs } = await run();
    expect(rosters).toEqual(['1,2']);
    expect(violations).toEqual([]);
    expect(pairs).toEqual([]);
  });

  test('falls silent where links follow the roster alone', async () => {
    class Obedient extends ModeController {
      protected override isMissed(): boolean {
        return false;
      }
    }
    const { rosters, pairs } = await run({ ModeController: Obedient });
    expect(rosters).toEqual(['1,2']);
    expect(pairs.sort()).toEqual(['1 to 3', '2 to 3', '3 to 1', '3 to 2']);
  });
});
