import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkProfile } from '../../../sim/net/index.js';
import { SECOND, TestWorld } from './world.js';

describe('datagrams', () => {
  it('take up link, backbone and down link', async () => {
    const world = new TestWorld({ backboneDelayMs: 10 });
    world.network.setProfile('a', { delayMs: 30, up: { rateKbps: 84 } });
    world.network.setProfile('b', { delayMs: 2 });
    const arrivals: number[] = [];
    for (let index = 0; index < 3; index++) {
      world.network.send(world.a, world.b, 210, () => arrivals.push(world.sim.nowUs), undefined);
    }
    await world.runFor(SECOND);
    expect(arrivals).toEqual([62_000, 82_000, 102_000]);
  });

  it('share the down link in the order in which they reach it, whatever the order of sending', async () => {
    const world = new TestWorld({ backboneDelayMs: 0 });
    const far = world.host('far', 'client');
    world.network.setProfile('far', { delayMs: 50 });
    world.network.setProfile('b', { rateKbps: 84 });
    const arrivals: string[] = [];
    world.network.send(far, world.b, 210, () => arrivals.push(`far@${world.sim.nowUs}`), undefined);
    world.network.send(world.a, world.b, 210, () => arrivals.push(`near@${world.sim.nowUs}`), undefined);
    await world.runFor(SECOND);
    expect(arrivals).toEqual(['near@20000', 'far@70000']);
  });

  it('know servers of one site, named sites and clients', async () => {
    const world = new TestWorld({ backboneDelayMs: 10, siteDelaysMs: { virginia: { ireland: 35.5 } } });
    const redis = world.host('redis', 'redis');
    const far = world.host('far', 'sfu');
    world.network.setSite('far', 'ireland');
    const ms: Record<string, number> = {};
    const time = (name: string): ((arg: unknown) => void) => {
      const startUs = world.sim.nowUs;
      return () => {
        ms[name] = (world.sim.nowUs - startUs) / 1000;
      };
    };
    world.network.send(world.b, redis, 1, time('same site'), 0);
    world.network.send(world.a, world.b, 1, time('client'), 0);
    world.network.send(world.b, far, 1, time('unlisted'), 0);
    await world.runFor(SECOND);
    world.network.setSite('b', 'virginia');
    world.network.send(far, world.b, 1, time('listed'), 0);
    world.network.send(world.b, world.b, 1, time('itself'), 0);
    await world.runFor(SECOND);
    expect(ms).toEqual({ 'same site': 0, client: 10, unlisted: 10, listed: 35.5, itself: 0.02 });
  });

  it('wait for a paused receiver and are lost to one that is down', async () => {
    const world = new TestWorld({ backboneDelayMs: 1 });
    const got: string[] = [];
    const send = (what: string): void => world.network.send(world.a, world.b, 1, (arg) => got.push(arg), what);
    world.b.pause(SECOND);
    send('waits');
    await world.runFor(2 * SECOND);
    world.b.crash();
    send('lost');
    await world.runFor(SECOND);
    world.b.start();
    world.b.pause(SECOND);
    send('dies waiting');
    await world.runFor(SECOND / 2);
    world.b.crash();
    await world.runFor(SECOND);
    expect(got).toEqual(['waits']);
    const { datagrams } = world.network.statistics;
    expect([datagrams.dropped['host-down'], datagrams.inFlight, datagrams.imbalance]).toEqual([2, 0, 0]);
  });

  it('are dropped by partitions, each way by itself, and held by clogs', async () => {
    const world = new TestWorld({ backboneDelayMs: 1 });
    const { network, a, b, sim } = world;
    const got: string[] = [];
    const send = (from: typeof a, to: typeof a, what: string): void =>
      network.send(from, to, 1, (arg: string) => got.push(`${arg}@${sim.nowUs}`), what);
    let changes = 0;
    network.onReachabilityChange(() => changes++);
    const id = network.partition([a], [b], 'a-to-b');
    expect([network.reachable(a, b), network.reachable(b, a)]).toEqual([false, true]);
    send(a, b, 'cut');
    send(b, a, 'back');
    const cutOff = network.cutOff(b);
    send(b, a, 'cut off');
    network.heal(id);
    expect(network.reachable(a, b)).toBe(false);
    network.heal(cutOff);
    expect(network.reachable(a, b)).toBe(true);
    network.clog(a, b, 5000);
    send(a, b, 'held 1');
    send(a, b, 'held 2');
    send(b, a, 'free');
    await world.runFor(SECOND);
    expect(got).toEqual(['back@1000', 'free@1000', 'held 1@6000', 'held 2@6000']);
    expect(changes).toBe(4);
    expect(network.statistics.datagrams.dropped.partition).toBe(2);
  });
});

const link: fc.Arbitrary<LinkProfile> = fc.record(
  {
    delayMs: fc.integer({ min: 0, max: 100 }),
    jitterMs: fc.integer({ min: 0, max: 60 }),
    jitterShape: fc.constantFrom('uniform', 'normal', 'exponential'),
    lossRate: fc.constantFrom(0, 0.05, 0.5),
    burstLoss: fc.constantFrom(null, { p: 0.1, r: 0.3 }),
    duplicateRate: fc.constantFrom(0, 0.2),
    rateKbps: fc.constantFrom(null, 50, 1000),
    queueMs: fc.constantFrom(null, 20, 300),
    queueBytes: fc.constantFrom(null, 500),
    phases: fc.constantFrom(
      [],
      [{ fromMs: 100, untilMs: 250, rateKbps: 30 }],
      [{ fromMs: 50, untilMs: 80, everyMs: 100, lossRate: 1, delayMs: 140 }],
    ),
  },
  { requiredKeys: [] },
);

describe('properties of datagrams', () => {
  it('conserve: sent + duplicated = delivered + dropped + in flight, at any time; nothing overtakes unasked', async () => {
    await fc.assert(
      fc.asyncProperty(
        link,
        link,
        fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 60 }),
        async (up, down, gapsUs) => {
          const world = new TestWorld({ profiles: { up, down } }, 5);
          const { network, sim, a, b } = world;
          const { datagrams } = network.statistics;
          network.setProfile('a', 'up');
          network.setProfile('b', 'down');
          const got: number[] = [];
          let atUs = 0;
          gapsUs.forEach((gapUs, index) => {
            atUs += gapUs;
            sim.at(atUs, () => network.send(a, b, 100, (arg: number) => got.push(arg), index));
          });
          if (gapsUs.length % 3 === 0) sim.at(50_000, () => b.pause(100_000));
          if (gapsUs.length % 4 === 0) sim.at(100_000, () => b.restart(50_000));
          for (let step = 0; step < 5; step++) {
            await world.runFor(100_000);
            expect(datagrams.imbalance).toBe(0);
            expect(datagrams.delivered).toBe(got.length);
          }
          await world.runFor(60 * SECOND);
          expect([datagrams.imbalance, datagrams.inFlight, datagrams.sent]).toEqual([0, 0, gapsUs.length]);
          expect(datagrams.delivered).toBe(got.length);
          expect(got).toEqual([...got].sort((x, y) => x - y));
        },
      ),
      { numRuns: 60, seed: 42 },
    );
  });

  it('reorder when asked to', async () => {
    const world = new TestWorld();
    world.network.setProfile('a', { reorderRate: 0.2, delayMs: 10 });
    const got: number[] = [];
    for (let index = 0; index < 500; index++) {
      world.sim.at(index * 1000, () => world.network.send(world.a, world.b, 9, (arg: number) => got.push(arg), index));
    }
    await world.runFor(SECOND);
    const late = got.filter((each, place) => got.slice(0, place).some((before) => before > each)).length;
    expect(got.length).toBe(500);
    expect(late / 500).toBeGreaterThan(0.15);
    expect(late / 500).toBeLessThan(0.25);
  });
});
