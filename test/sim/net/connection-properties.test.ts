import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkProfile } from '../../../sim/net/index.js';
import { SECOND, TestWorld } from './world.js';

const rough: fc.Arbitrary<LinkProfile> = fc.record(
  {
    delayMs: fc.integer({ min: 0, max: 100 }),
    jitterMs: fc.integer({ min: 0, max: 60 }),
    lossRate: fc.constantFrom(0, 0.05, 0.3),
    burstLoss: fc.constantFrom(null, { p: 0.1, r: 0.5 }),
    duplicateRate: fc.constantFrom(0, 0.2),
    reorderRate: fc.constantFrom(0, 0.2),
    rateKbps: fc.constantFrom(null, 200, 1000),
    queueMs: fc.constantFrom(50, 300),
  },
  { requiredKeys: [] },
);

const gapsUs = fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 40 });

/** Nothing is expected to time out here, so it may take as long as it likes. */
const PATIENT = { connectionTimeoutMs: 3_600_000, connectTimeoutMs: 600_000, retransmitMaxMs: 5000 };

describe('properties of connections', () => {
  it('deliver everything exactly once and in order under loss, jitter, duplication, reordering and changes of the link', async () => {
    await fc.assert(
      fc.asyncProperty(rough, rough, rough, gapsUs, async (first, second, down, gaps) => {
        const world = new TestWorld(PATIENT, 9);
        world.network.setProfile('a', first);
        world.network.setProfile('b', down);
        const { client, server } = await world.connected();
        let atUs = world.sim.nowUs;
        gaps.forEach((gapUs, index) => {
          atUs += gapUs;
          world.sim.at(atUs, () => {
            client.send(index);
            server.send(index);
          });
        });
        world.sim.after(300_000, () => world.network.setProfile('a', second));
        world.sim.after(500_000, () => world.network.setProfile('a', 'perfect'));
        const { messages } = world.network.statistics;
        for (let step = 0; step < 10; step++) {
          await world.runFor(100_000);
          expect(messages.imbalance).toBe(0);
        }
        await world.runFor(600 * SECOND);
        const all = gaps.map((_, index) => index);
        expect(world.atB).toEqual(all);
        expect(world.atA).toEqual(all);
        expect(messages).toMatchObject({ sent: 2 * all.length, delivered: 2 * all.length, inFlight: 0, imbalance: 0 });
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  const trouble = fc.record({
    kind: fc.constantFrom('both', 'a-to-b', 'b-to-a', 'clog', 'pause-a', 'pause-b', 'crash-a', 'crash-b', 'close-a'),
    atMs: fc.integer({ min: 0, max: 3000 }),
    forMs: fc.integer({ min: 1, max: 40_000 }),
  });

  it('deliver a prefix in order and end, or deliver all: never both, never neither', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(rough),
        gapsUs,
        fc.array(trouble, { maxLength: 4 }),
        async (profile, gaps, troubles) => {
          const world = new TestWorld({}, 3);
          if (profile !== null) world.network.setProfile('a', profile);
          const { network, sim, a, b } = world;
          let client = world.connect();
          for (let tries = 0; !client.open && tries < 40; tries++) {
            await world.runFor(SECOND / 2);
            if (world.clientEnds.length > 0) {
              world.clientEnds.length = 0;
              client = world.connect();
            }
          }
          fc.pre(client.open);
          const server = world.server as typeof client;
          let atUs = sim.nowUs;
          gaps.forEach((gapUs, index) => {
            atUs += gapUs * 20;
            sim.at(atUs, () => client.send(index));
            if (index % 2 === 0) sim.at(atUs, () => server.send(index / 2));
          });
          let crashedA = false;
          let crashedB = false;
          let closed = false;
          for (const { kind, atMs, forMs } of troubles) {
            const forUs = forMs * 1000;
            sim.after(atMs * 1000, () => {
              if (kind === 'clog') network.clogHost(a, forUs);
              else if (kind === 'pause-a') a.pause(forUs);
              else if (kind === 'pause-b') b.pause(forUs);
              else if (kind === 'crash-a') {
                crashedA = true;
                a.restart(forUs);
              } else if (kind === 'crash-b') {
                crashedB = true;
                b.restart(forUs);
              } else if (kind === 'close-a') {
                closed = closed || client.open;
                client.close();
              } else {
                const id =
                  kind === 'b-to-a' ? network.partition([b], [a], 'a-to-b') : network.partition([a], [b], kind);
                sim.after(forUs, () => network.heal(id));
              }
            });
          }
          const { messages } = network.statistics;
          for (let step = 0; step < 20; step++) {
            await world.runFor(2 * SECOND);
            expect(messages.imbalance).toBe(0);
          }
          await world.runFor(300 * SECOND);
          expect([messages.imbalance, messages.inFlight]).toEqual([0, 0]);
          expect(world.atB).toEqual(world.atB.map((_, index) => index));
          expect(world.atA).toEqual(world.atA.map((_, index) => index));
          expect(world.clientEnds.length).toBeLessThanOrEqual(1);
          expect(world.serverEnds.length).toBeLessThanOrEqual(1);
          expect(client.open).toBe(server.open);
          if (client.open) {
            expect(world.atB.length).toBe(gaps.length);
            expect(world.atA.length).toBe(Math.ceil(gaps.length / 2));
            expect([world.clientEnds, world.serverEnds]).toEqual([[], []]);
          } else {
            // Each side has learnt it, unless its process has died or it was the one that closed.
            if (!crashedA && !closed) expect(world.clientEnds.length).toBe(1);
            if (!crashedB) expect(world.serverEnds.length).toBe(1);
          }
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });

  it('have the same history for the same seed', async () => {
    const hash = async (seed: number): Promise<string> => {
      const world = new TestWorld({}, seed);
      world.network.setProfile('a', 'international');
      const { client } = await world.connected();
      for (let index = 0; index < 200; index++) world.sim.after(index * 5000, () => client.send(index));
      await world.runFor(20 * SECOND);
      return world.sim.trace.hash;
    };
    expect(await hash(1)).toBe(await hash(1));
    expect(await hash(1)).not.toBe(await hash(2));
  });
});
