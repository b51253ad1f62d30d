import { describe, expect, test } from 'vitest';
import { World } from '../../../sim/world/world.js';
import { call, type Faults, traced } from './faulty-call.js';

/** When each user is told to have joined, in s. */
async function joined(scenario: ReturnType<typeof call>): Promise<{ world: World; atS: ReadonlyMap<string, number> }> {
  const world = new World(scenario, { seed: 1 });
  const atS = new Map<string, number>();
  world.events.listen({ joined: ({ userId }) => atS.set(userId, world.sim.nowUs / 1e6) });
  await world.sim.run({ untilUs: (scenario.durationS + scenario.drainS) * 1e6 });
  return { world, atS };
}

describe('a partition', () => {
  const cut = (from: string, to: string): Faults => [{ kind: 'partition', atS: 0.5, forS: 20, from: [from], to: [to] }];

  test.each([
    ['client-1', 'backend-*'],
    ['backend-*', 'client-1'],
  ])('between %s and %s holds for a client that arrives after it has begun', async (from, to) => {
    const { atS, world } = await joined(call([2, 3], cut(from, to)));
    expect(atS.get('1')).toBeGreaterThan(20.5);
    expect(atS.get('2')).toBeLessThan(4);
    expect(world.faults.records[0]!.target.split(', ').sort()).toEqual(['backend-1', 'backend-2', 'client-1']);
  });

  test('of all clients holds for all who arrive', async () => {
    const { atS, world } = await joined(call([2, 3, 22], cut('client-*', 'backend-*')));
    for (const user of ['1', '2']) expect(atS.get(user)).toBeGreaterThan(20.5);
    expect(atS.get('3')).toBeLessThan(24);
    expect(world.faults.records[0]!.target).toBe('backend-1, backend-2, client-1, client-2');
  });

  test('says whom it waits for, and when that one is hit', async () => {
    const kinds = ['fault.partition', 'fault.partition.awaits', 'fault.partition.end'] as const;
    const { of } = await traced(call([2, 3], cut('client-1', 'backend-1')), ...kinds);
    const told = kinds.map((kind) => of(kind).map(({ host, atS }) => [host, Math.floor(atS * 2) / 2]));
    expect(told).toEqual([
      [
        ['backend-1', 0.5],
        ['client-1', 2],
      ],
      [['client-1', 0.5]],
      [
        ['backend-1', 20.5],
        ['client-1', 20.5],
      ],
    ]);
  });

  test('that is over says nothing to who arrives later', async () => {
    const { atS, world } = await joined(call([2, 25], cut('client-2', 'backend-*')));
    expect(atS.get('2')).toBeLessThan(27);
    expect(world.faults.records[0]!.target).toBe('backend-1, backend-2, client-2');
  });
});
