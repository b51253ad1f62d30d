import { describe, expect, test } from 'vitest';
import { World } from '../../../sim/world/world.js';
import { WorldEvidence } from '../../../sim/world/world-evidence.js';
import { call, type Faults, traced } from './faulty-call.js';

describe('sfu-refuse', () => {
  test('no room is started, people stay in the mesh, and move when it is over', async () => {
    const refusing = [{ kind: 'sfu-refuse', atS: 0.5, target: 'sfu-*', forS: 20 }] as const;
    const { of, violations } = await traced(call([1, 1.2, 1.4], refusing), 'sfu.room', 'sfu.in');
    expect(violations).toEqual([]);
    expect(of('sfu.room')[0]!.atS).toBeGreaterThan(20.5);
    expect(new Set(of('sfu.in').map(({ about }) => about)).size).toBe(3);
    expect((await traced(call([1, 1.2, 1.4]), 'sfu.room')).of('sfu.room')[0]!.atS).toBeLessThan(3);
  });

  test('those inside stay, and who comes meanwhile is refused', async () => {
    const refusing = [{ kind: 'sfu-refuse', atS: 10, target: 'any', forS: 5 }] as const;
    const { of, violations } = await traced(call([1, 1.2, 1.4, 12], refusing), 'sfu.out', 'sfu.refuse', 'sfu.in');
    expect(violations).toEqual([]);
    expect(of('sfu.refuse').length).toBeGreaterThan(0);
    for (const { atS } of of('sfu.refuse')) expect(atS).toBeLessThan(15);
    expect(of('sfu.out').filter(({ atS }) => atS < 12)).toEqual([]);
    expect(of('sfu.in').filter(({ atS }) => atS > 15).length).toBeGreaterThan(0);
  });

  test('of two at once, the one that ends first leaves the other in force', async () => {
    const refusing = [
      { kind: 'sfu-refuse', atS: 0.5, target: 'sfu-1', forS: 20 },
      { kind: 'sfu-refuse', atS: 1, target: 'sfu-1', forS: 2 },
    ] as const;
    const { of } = await traced(call([1, 1.2, 1.4], refusing), 'sfu.room');
    expect(of('sfu.room')[0]!.atS).toBeGreaterThan(20.5);
  });
});

describe('sfu-slow', () => {
  test.each([
    [undefined, 2],
    [800, 0.8],
  ])('with a delay of %s ms the first room runs that much later', async (delayMs, laterS) => {
    const slow = { kind: 'sfu-slow' as const, atS: 0.5, target: 'sfu-*', forS: 20 };
    const started = async (faults: Faults) => {
      const { of, violations } = await traced(call([1, 1.2, 1.4], faults), 'sfu.room');
      expect(violations).toEqual([]);
      return of('sfu.room')[0]!.atS;
    };
    const delayS = (await started([delayMs === undefined ? slow : { ...slow, delayMs }])) - (await started([]));
    expect(delayS).toBeGreaterThan(laterS - 0.2);
    expect(delayS).toBeLessThan(laterS + 0.2);
  });

  test('one that takes longer than a backend waits is as good as dead, and then well again', async () => {
    const slow = [{ kind: 'sfu-slow', atS: 5, target: 'sfu-1', forS: 20, delayMs: 5_000 }] as const;
    const { of, violations } = await traced(call([1, 1.2, 1.4], slow), 'log');
    expect(violations).toEqual([]);
    const said = of('log').map(({ about }) => about);
    expect(said).toEqual(expect.arrayContaining(['SFU node is dead', 'SFU node is back']));
  });
});

describe('sfu-flaky', () => {
  const flaky = { kind: 'sfu-flaky' as const, atS: 0.5, target: 'sfu-*', forS: 20 };

  test('rooms that fail to start do so until it is over', async () => {
    const { of, violations } = await traced(call([1, 1.2, 1.4], [{ ...flaky, startFailShare: 1 }]), 'sfu.room');
    expect(violations).toEqual([]);
    expect(of('sfu.room')[0]!.atS).toBeGreaterThan(20.5);
  });

  test('clients that are not let in try again, and all come in when it is over', async () => {
    const faults = [{ ...flaky, joinFailShare: 1 }];
    const { of, violations } = await traced(call([1, 1.2, 1.4], faults), 'sfu.room', 'sfu.refuse', 'sfu.in');
    expect(violations).toEqual([]);
    expect(of('sfu.room')[0]!.atS).toBeLessThan(3);
    expect(of('sfu.refuse').length).toBeGreaterThan(3);
    expect(of('sfu.in')[0]!.atS).toBeGreaterThan(20.5);
  });

  test('connections break about as often as it says', async () => {
    const faults = [{ ...flaky, atS: 5, dropsPerHour: 1_800 }];
    const { of, violations } = await traced(call([1, 1.2, 1.4], faults), 'sfu.out');
    expect(violations).toEqual([]);
    // three people for twenty seconds, every two seconds each
    const drops = of('sfu.out').filter(({ atS }) => atS > 5 && atS < 25.1).length;
    expect(drops).toBeGreaterThan(8);
    expect(drops).toBeLessThan(45);
  });
});

test.each([
  { kind: 'sfu-refuse', atS: 5, target: 'any', forS: 10 },
  { kind: 'sfu-slow', atS: 5, target: 'any', forS: 10 },
] as const)('$kind is a fault to the oracles, for as long as it lasts', async (fault) => {
  const world = new World(call([1, 1.2, 1.4], [fault]), { seed: 1 });
  const evidence = new WorldEvidence(world);
  const disturbed: boolean[] = [];
  for (const atS of [4, 6, 14, 16]) world.sim.at(atS * 1e6, () => disturbed.push(evidence.disturbed(0)));
  await world.sim.run({ untilUs: 20e6 });
  expect(disturbed).toEqual([false, true, true, false]);
  expect(world.faults.records).toMatchObject([{ kind: fault.kind, target: 'sfu-1', fromUs: 5e6, toUs: 15e6 }]);
});
