import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkProfile, MediaObserver, MediaPacket } from '../../../sim/net/index.js';
import { SECOND, TestWorld } from './world.js';

const share = fc.constantFrom(0, 0.1, 0.5);
const link = fc.record({
  delayMs: fc.constantFrom(0, 20),
  jitterMs: fc.constantFrom(0, 15),
  lossRate: share,
  duplicateRate: share,
  reorderRate: share,
  rateKbps: fc.constantFrom(null, 100, 1_000),
});
const profile: fc.Arbitrary<LinkProfile> = fc.record({ up: link, down: link });
const times = fc.array(fc.integer({ min: 0, max: 2_000_000 }), { minLength: 1, maxLength: 60 });

interface Trouble {
  readonly cutUs: number;
  readonly clogUs: number;
}

function send(world: TestWorld, bytes: number, onArrival: (packet: MediaPacket) => void): void {
  const packet = world.network.packets.take();
  packet.bytes = bytes;
  packet.receiver = { onMedia: onArrival };
  world.network.mediaPath(world.a, world.b).send(packet);
}

async function arrivals(how: 'media' | 'datagrams', atUs: number[], a: LinkProfile, b: LinkProfile, trouble: Trouble) {
  const world = new TestWorld({ backboneDelayMs: 3 }, 7);
  const { network, sim } = world;
  network.setProfile('a', a);
  network.setProfile('b', b);
  const seen: string[] = [];
  for (const [index, at] of [...atUs].sort((x, y) => x - y).entries()) {
    sim.at(at, () => {
      const bytes = 60 + (index % 5) * 40;
      const arrived = () => seen.push(`${index}@${sim.nowUs}`);
      if (how === 'media') send(world, bytes, arrived);
      else network.send(world.a, world.b, bytes, arrived, undefined);
    });
  }
  sim.at(trouble.cutUs, () => network.partition([world.a], [world.b]));
  sim.at(trouble.cutUs + 200_000, () => network.heal());
  sim.at(trouble.clogUs, () => network.clog(world.a, world.b, 300_000));
  await world.runFor(60 * SECOND);
  const traffic = how === 'media' ? network.statistics.media : network.statistics.datagrams;
  return { seen, traffic: { ...traffic }, imbalance: traffic.imbalance };
}

describe('packets of media', () => {
  it('take the same way as datagrams, whatever the links do to them', async () => {
    await fc.assert(
      fc.asyncProperty(
        times,
        profile,
        profile,
        fc.record({ cutUs: fc.nat(2_000_000), clogUs: fc.nat(2_000_000) }),
        async (atUs, a, b, trouble) => {
          const media = await arrivals('media', atUs, a, b, trouble);
          expect(media).toEqual(await arrivals('datagrams', atUs, a, b, trouble));
          expect(media.imbalance).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are all accounted for at any moment, copies and those under way included', async () => {
    const world = new TestWorld({ backboneDelayMs: 5 });
    world.network.setProfile('a', { rateKbps: 200, lossRate: 0.1, duplicateRate: 0.2, queueMs: 50 });
    world.network.setProfile('b', { rateKbps: 150, reorderRate: 0.1, duplicateRate: 0.2, queueMs: 50 });
    let received = 0;
    for (let index = 0; index < 400; index++) world.sim.at(index * 5_000, () => send(world, 210, () => received++));
    const { media } = world.network.statistics;
    for (let step = 0; step < 300; step++) {
      await world.runFor(10_000);
      expect(media.imbalance).toBe(0);
      expect(media.delivered).toBe(received);
    }
    expect(media.inFlight).toBe(0);
    expect(media.sent).toBe(400);
    expect(media.dropped.queue).toBeGreaterThan(0);
    expect(media.dropped.loss).toBeGreaterThan(0);
    expect(media.duplicated).toBeGreaterThan(0);
  });

  it('are lost to a device that sleeps, and nobody waits for it to wake up', async () => {
    const world = new TestWorld({ backboneDelayMs: 1 });
    let received = 0;
    world.b.pause(SECOND);
    send(world, 100, () => received++);
    await world.runFor(2 * SECOND);
    send(world, 100, () => received++);
    await world.runFor(SECOND);
    expect(received).toBe(1);
    expect(world.network.statistics.media.dropped['host-down']).toBe(1);
  });

  it('show an observer what left, arrived and was lost on the link of a host', async () => {
    const world = new TestWorld({ backboneDelayMs: 1 });
    const log: string[] = [];
    const observer: MediaObserver = {
      sent: ({ bytes }, to) => log.push(`sent ${bytes} to ${to.id}`),
      delivered: ({ bytes }, from) => log.push(`got ${bytes} from ${from.id}`),
      dropped: ({ bytes }, from, to, cause) => log.push(`lost ${bytes} ${from.id}>${to.id}: ${cause}`),
    };
    world.network.observeMedia(world.b, observer);
    send(world, 100, () => undefined);
    await world.runFor(SECOND);
    world.network.partition([world.a], [world.b]);
    send(world, 101, () => undefined);
    const answer = world.network.packets.take();
    answer.bytes = 102;
    answer.receiver = null;
    world.network.heal();
    world.network.mediaPath(world.b, world.a).send(answer);
    await world.runFor(SECOND);
    expect(log).toEqual(['got 100 from a', 'lost 101 a>b: partition', 'sent 102 to a']);
  });

  it('go over a TURN server with its framing, as long as that has the allocation', async () => {
    const world = new TestWorld({ backboneDelayMs: 1 });
    const turn = world.host('turn', 'turn');
    const { MediaRoute, Route } = await import('../../../sim/net/index.js');
    const sizes: number[] = [];
    const receiver = { onMedia: ({ bytes }: MediaPacket) => void sizes.push(bytes) };
    const route = new MediaRoute(world.network, new Route(world.network, world.a, world.b, turn), receiver);
    const log: string[] = [];
    world.network.observeMedia(turn, {
      sent: ({ bytes }) => log.push(`out ${bytes}`),
      delivered: ({ bytes }) => log.push(`in ${bytes}`),
      dropped: () => log.push('lost'),
    });
    const say = () => {
      const packet = world.network.packets.take();
      packet.bytes = 210;
      route.send(packet);
    };
    say();
    await world.runFor(SECOND);
    turn.crash();
    turn.start();
    say();
    await world.runFor(SECOND);
    expect(sizes).toEqual([210]);
    expect(log).toEqual([]);
    expect(world.network.statistics.media.imbalance).toBe(0);
  });
});
