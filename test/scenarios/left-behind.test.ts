import { describe, expect, test } from 'vitest';
import { Migrations } from '../../core/migration/migrations.js';
import { defineScenario, resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';
import type { Replacements } from '../../sim/world/world.js';

/** Nobody from the network of person 1 gets through to the SFU nodes; peers do. @param meshLimit how many a mesh takes */
const blocked = (meshLimit: number) =>
  resolveScenario(
    defineScenario({
      name: 'blocked-from-the-sfu',
      description: 'Nine people, one of whom never gets into the SFU, and a tenth who wants to come in.',
      durationS: 220,
      drainS: 60,
      policy: { meshLimit },
      population: {
        script: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((user) => ({
          atS: user === 10 ? 130 : user,
          user,
          do: 'join' as const,
        })),
      },
      faults: [{ kind: 'partition', atS: 0.1, forS: 200, from: ['client-1'], to: ['sfu-*'] }],
    }),
  );

async function run(meshLimit: number, collaborators: Replacements = {}) {
  const told: string[] = [];
  const deaf = new Set<string>();
  let modes: (string | null)[] = [];
  const result = await simulate(blocked(meshLimit), {
    seed: 1,
    collaborators,
    onWorld: (world) => {
      world.events.listen({
        degraded: ({ userId }, reason, active) =>
          void told.push(`${userId} ${reason} ${active ? 'from' : 'until'} ${Math.floor(world.sim.nowUs / 1e6)}`),
      });
      world.sim.at(190e6, () => {
        modes = world.population.clients.map(({ tab }) => tab!.controller.mode);
        for (const { listener } of world.hearing.pairsWithoutOnePath()) deaf.add(listener.userId);
      });
    },
  });
  return {
    told,
    deaf,
    modes,
    oracles: result.violations.map(({ oracle }) => oracle),
    metrics: result.metrics as Record<string, { value?: number; count?: number }>,
  };
}

describe('one of nine can never get into the SFU', () => {
  test('a mesh that is full goes on without that one, who is told, and is heard again as soon as there is a way', async () => {
    const { told, modes, deaf, oracles, metrics } = await run(9);
    expect(oracles).toEqual([]);
    expect(metrics.migrations_rolled_back).toMatchObject({ value: 2 });
    expect(modes).toEqual(Array(10).fill('sfu'));
    // nobody hears one who sends nothing; that one knows of it
    expect(deaf.has('1')).toBe(true);
    expect(told.map((each) => each.replace(/ \d+$/, ''))).toEqual(['1 path from', '1 path until']);
    const [from, until] = told.map((each) => Number(each.split(' ').at(-1)));
    expect(from).toBeLessThan(150);
    expect(until).toBeGreaterThanOrEqual(200);
  });

  test('a mesh with room for more stays as it is: everybody hears everybody', async () => {
    const { told, modes, deaf, oracles } = await run(12);
    expect(oracles).toEqual([]);
    expect(modes).toEqual(Array(10).fill('p2p'));
    expect([...deaf]).toEqual([]);
    expect(told).toEqual([]);
  });

  test('it shows when a mesh goes on at once without those who are not ready', async () => {
    class Impatient extends Migrations {
      protected override mayLeave(): boolean {
        return true;
      }
    }
    const { oracles } = await run(9, { Migrations: Impatient });
    expect(oracles).toContain('migration-atomic');
  });

  test('it shows at a later attempt, too: what was said on the way back from the first does not count', async () => {
    class ImpatientLater extends Migrations {
      protected override mayLeave({ record }: Parameters<Migrations['mayLeave']>[0]): boolean {
        return record.failures > 0;
      }
    }
    const { oracles, metrics } = await run(12, { Migrations: ImpatientLater });
    expect(metrics.migrations_rolled_back).toMatchObject({ value: 1 });
    expect(oracles).toContain('migration-atomic');
  });
});
