import { describe, expect, it } from 'vitest';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { CHANNEL_DATA_BYTES, type Nat, Network, PeerRouting, type Route } from '../../../sim/net/index.js';
import { SECOND, TestWorld } from './world.js';

const client = (sim: Simulation, id: string): Host => {
  const host = new Host(sim, { id, kind: 'client' });
  host.start();
  return host;
};

describe('pairs without a direct path', () => {
  // (1-q)^(N(N-1)/2) for q = 15 %: VOICE section 1
  it.each([
    [2, 0.85],
    [3, 0.614],
    [4, 0.377],
    [8, 0.0106],
  ])('a mesh of %d needs no relay in %d of all cases', (members, expected) => {
    const meshes = 4_000;
    let direct = 0;
    const sim = new Simulation({ seed: 17 });
    const network = new Network(sim);
    const routing = new PeerRouting(sim.choices, network, { blockedShare: 0.15 });
    for (let mesh = 0; mesh < meshes; mesh++) {
      const hosts = Array.from({ length: members }, (_, index) => client(sim, `client-${mesh * members + index}`));
      const pairs = hosts.flatMap((a, index) => hosts.slice(index + 1).map((b) => [a, b] as const));
      if (pairs.every(([a, b]) => routing.isDirect(a, b))) direct++;
    }
    const share = direct / meshes;
    expect(Math.abs(share - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / meshes) + 5e-4);
  });

  it('are drawn once, and are the same from either side', () => {
    const { sim, network } = new TestWorld();
    const routing = new PeerRouting(sim.choices, network, { blockedShare: 0.5 });
    const hosts = Array.from({ length: 20 }, (_, index) => client(sim, `client-${index}`));
    const matrix = () => hosts.map((a) => hosts.map((b) => routing.isDirect(a, b)));
    const first = matrix();
    expect(matrix()).toEqual(first);
    expect(first).toEqual(first.map((_, row) => first.map((line) => line[row])));
    expect(new Set(first.flat()).size).toBe(2);
  });

  it.each<[Nat, Nat, boolean]>([
    ['open', 'open', true],
    ['open', 'symmetric', true],
    ['port-restricted', 'port-restricted', true],
    ['port-restricted', 'symmetric', false],
    ['symmetric', 'symmetric', false],
  ])('NATs %s and %s: direct is %s', (one, other, expected) => {
    const { sim, network, a } = new TestWorld();
    const b = client(sim, 'far');
    network.setProfile('a', { nat: one });
    network.setProfile('far', { nat: other });
    const routing = new PeerRouting(sim.choices, network);
    expect([routing.isDirect(a, b), routing.isDirect(b, a)]).toEqual([expected, expected]);
  });
});

describe('TURN servers', () => {
  function threeRegions(): { world: TestWorld; relays: Host[]; b: Host; routing: PeerRouting } {
    const world = new TestWorld({ backboneDelayMs: 100, siteDelaysMs: { us: { eu: 35.5, ap: 76 }, eu: { ap: 100 } } });
    const relays = ['us', 'eu', 'ap'].map((site, index) => {
      world.network.setSite(`turn-${index + 1}`, site);
      return world.host(`turn-${index + 1}`, 'turn');
    });
    const b = client(world.sim, 'far');
    world.network.setSite('a', 'eu');
    world.network.setSite('far', 'ap');
    return {
      world,
      relays,
      b,
      routing: new PeerRouting(world.sim.choices, world.network, { relays, blockedShare: 1 }),
    };
  }

  it('the one nearest to the asking side is taken; a dead or unreachable one is not', () => {
    const { world, relays, b, routing } = threeRegions();
    const relayOf = () => routing.between(world.a, b)?.relay?.id;
    expect(relayOf()).toBe('turn-2');
    expect(routing.between(b, world.a)?.relay?.id).toBe('turn-3');
    relays[1]!.crash();
    expect(relayOf()).toBe('turn-1');
    world.network.partition([b], [relays[0]!], 'a-to-b');
    expect(relayOf()).toBe('turn-3');
    relays[2]!.pause(SECOND);
    expect(routing.between(world.a, b)).toBeNull();
  });

  it('as near as each other share the load', () => {
    const world = new TestWorld();
    const relays = [1, 2, 3].map((number) => world.host(`turn-${number}`, 'turn'));
    const routing = new PeerRouting(world.sim.choices, world.network, { relays, blockedShare: 1 });
    const counts = new Map<string, number>();
    for (let index = 0; index < 300; index++) {
      const route = routing.between(client(world.sim, `client-${index}`), world.a) as Route;
      counts.set(route.relay!.id, (counts.get(route.relay!.id) ?? 0) + 1);
    }
    expect(counts.size).toBe(3);
    for (const count of counts.values())
      expect(Math.abs(count - 100)).toBeLessThan(5 * Math.sqrt(300 * (1 / 3) * (2 / 3)));
  });

  it('carry both ways, with four bytes more between the server and the one with the allocation', async () => {
    const { world, b, routing } = threeRegions();
    const { network, sim, a } = world;
    const there = routing.between(a, b) as Route;
    const back = there.reversed();
    const name = (route: Route) =>
      route.hops.map(({ from, to, framingBytes }) => `${from.id}>${to.id}+${framingBytes}`);
    expect(name(there)).toEqual(['a>turn-2+4', 'turn-2>far+0']);
    expect(name(back)).toEqual(['far>turn-2+0', 'turn-2>a+4']);
    const arrivals: string[] = [];
    there.send(210, (what: string) => arrivals.push(`${what}@${sim.nowUs}`), 'there');
    back.send(210, (what: string) => arrivals.push(`${what}@${sim.nowUs}`), 'back');
    await world.runFor(SECOND);
    // a and turn-2 share a site, far is 100 ms away
    expect(arrivals).toEqual(['there@100000', 'back@100000']);
    expect(network.statistics.datagrams.sentBytes).toBe(4 * 210 + 2 * CHANNEL_DATA_BYTES);
    expect(network.statistics.datagrams).toMatchObject({ sent: 4, delivered: 4, imbalance: 0 });
  });

  it('what is on its way when the server restarts is not forwarded by the new process', async () => {
    const { world, relays, b, routing } = threeRegions();
    const back = (routing.between(world.a, b) as Route).reversed();
    let arrived = 0;
    back.send(210, () => arrived++, undefined);
    relays[1]!.restart();
    await world.runFor(SECOND);
    expect(arrived).toBe(0);
    expect(back.passable).toBe(false);
  });
});
