import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClientRef,
  channelSizes,
  Population,
  type PopulationOptions,
  SilentObserver,
  type TabEnd,
} from '../../../sim/clients/index.js';
import { VirtualClient } from '../../../sim/clients/virtual-client.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { ScriptedWorld } from './scripted-service.js';

const base: PopulationOptions = {
  clients: 30,
  channels: 4,
  membersMin: 2,
  membersMax: 12,
  arrival: { kind: 'ramp', overS: 30, atS: 1 },
  session: { meanS: null },
  rejoin: true,
  pauseS: 20,
  closeTabShare: 0,
  secondTabShare: 0,
};

class Arrivals extends SilentObserver {
  readonly opened: { user: string; atS: number }[] = [];
  readonly closed: { user: string; atS: number; how: TabEnd }[] = [];
  now = () => 0;
  override tabOpened(client: ClientRef): void {
    this.opened.push({ user: client.userId, atS: this.now() });
  }
  override tabClosed(client: ClientRef, how: TabEnd): void {
    this.closed.push({ user: client.userId, atS: this.now(), how });
  }
}

async function play(options: Partial<PopulationOptions>, untilS = 200, profiles: Record<string, number> = { lte: 1 }) {
  const observer = new Arrivals();
  const world = new ScriptedWorld({ observer, seed: 4 });
  observer.now = () => world.sim.nowUs / 1e6;
  const used: (string | undefined)[] = [];
  const population = new Population({
    sim: world.sim,
    options: { ...base, ...options },
    profiles,
    untilS: untilS - 30,
    createClient: (userId, profile) => {
      used.push(profile);
      return new VirtualClient(world.clients, { userId, ...(profile === undefined ? {} : { profile }) });
    },
  });
  await world.run(untilS);
  return { world, observer, population, used };
}

describe('channel sizes', () => {
  it('lie in the range and add up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        (channels, min, extra, fill, seed) => {
          const max = min + extra;
          const clients = channels * min + Math.round(fill * channels * extra);
          const stream = new Simulation({ seed }).choices.stream('x');
          const sizes = channelSizes(stream, clients, channels, min, max);
          expect(sizes).toHaveLength(channels);
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(clients);
          for (const size of sizes) expect(size >= min && size <= max).toBe(true);
        },
      ),
    );
  });

  it('are spread for the mixed load: few large channels, many small ones', () => {
    const sizes = channelSizes(new Simulation({ seed: 1 }).choices.stream('x'), 500, 50, 2, 30);
    expect(Math.max(...sizes)).toBeGreaterThan(20);
    expect(sizes.filter((size) => size < 8).length).toBeGreaterThan(12);
  });

  it('that cannot be are an error that says the fix', () => {
    const stream = new Simulation({ seed: 1 }).choices.stream('x');
    expect(() => channelSizes(stream, 100, 50, 3, 5)).toThrow('give population.clients from 150 to 250');
  });
});

describe('population', () => {
  it('ramp: evenly, everybody once, all in the end where they belong', async () => {
    const { observer, population, world } = await play({});
    expect(observer.opened.map(({ atS }) => atS)).toEqual(
      Array.from({ length: 30 }, (_, i) => expect.closeTo(1 + (30 * i) / 29, 5)),
    );
    expect(new Set(observer.opened.map(({ user }) => user)).size).toBe(30);
    expect(observer.closed).toEqual([]);
    expect(population.openTabs).toBe(30);
    expect([1, 2, 3, 4].map((id) => world.hearing.membersOf(id).length)).toEqual(population.sizes);
    expect(world.hearing.heardPairs).toBe(population.sizes.reduce((sum, size) => sum + size * (size - 1), 0));
  });

  it('storm: all within the time given', async () => {
    const { observer } = await play({ arrival: { kind: 'storm', overS: 0.5, atS: 3 } });
    expect(observer.opened).toHaveLength(30);
    for (const { atS } of observer.opened) expect(atS >= 3 && atS <= 3.5).toBe(true);
  });

  it('poisson: on average over the time given', async () => {
    const { observer } = await play({ clients: 300, channels: 30, arrival: { kind: 'poisson', overS: 60, atS: 0 } });
    const gaps = observer.opened.map(({ atS }, i, all) => atS - (all[i - 1]?.atS ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(mean).toBeGreaterThan(0.15);
    expect(mean).toBeLessThan(0.25);
    expect(gaps.filter((gap) => gap > 2 * mean).length / gaps.length).toBeCloseTo(0.135, 0);
  });

  it('people stay for a while, go with or without a word, come back, and nobody moves after the end', async () => {
    const { observer } = await play({ session: { meanS: 20 }, closeTabShare: 0.5 }, 400);
    const how = (what: TabEnd) => observer.closed.filter((each) => each.how === what).length;
    expect(observer.closed.length).toBeGreaterThan(100);
    expect(how('left') / observer.closed.length).toBeCloseTo(0.5, 0);
    expect(how('closed')).toBeGreaterThan(30);
    expect(Math.max(...observer.opened.map(({ atS }) => atS))).toBeLessThan(370);
    expect(Math.max(...observer.closed.map(({ atS }) => atS))).toBeLessThan(372);
    const first = new Map<string, number>();
    for (const { user, atS } of observer.opened) if (!first.has(user)) first.set(user, atS);
    for (const { user, atS } of observer.closed) expect(atS - first.get(user)!).toBeGreaterThanOrEqual(5);
  });

  it('without rejoin everybody comes once', async () => {
    const { observer, population } = await play({ session: { meanS: 10 }, rejoin: false });
    expect(observer.opened).toHaveLength(30);
    expect(population.openTabs).toBe(0);
  });

  it('second tabs replace first ones', async () => {
    const { observer, world, population } = await play({ secondTabShare: 1 });
    expect(observer.opened).toHaveLength(60);
    expect(population.openTabs).toBe(30);
    expect(world.hearing.heardPairs).toBe(world.hearing.pairs);
  });

  it('guests come later, stay a while and go: the third person', async () => {
    const { observer } = await play(
      {
        clients: 12,
        channels: 4,
        membersMin: 3,
        membersMax: 3,
        arrival: { kind: 'ramp', overS: 1, atS: 1 },
        guests: { perChannel: 1, atS: 30, overS: 10, stayS: 20, visits: 3, awayS: 10 },
      },
      600,
    );
    const early = observer.opened.filter(({ atS }) => atS < 29);
    expect(early).toHaveLength(8);
    const guests = observer.opened.filter(({ atS }) => atS >= 29);
    expect(guests).toHaveLength(12);
    expect(new Set(guests.map(({ user }) => user)).size).toBe(4);
    expect(observer.closed).toHaveLength(12);
  });

  it('access networks follow their weights', async () => {
    const { used } = await play({ clients: 400, channels: 50 }, 60, { wifi: 3, lte: 1, gprs: 0 });
    expect(used.filter((name) => name === 'wifi').length / used.length).toBeCloseTo(0.75, 1);
    expect(used).not.toContain('gprs');
  });
});
