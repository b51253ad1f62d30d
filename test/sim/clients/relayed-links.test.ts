import { describe, expect, it } from 'vitest';
import type { NetworkOptionsInput } from '../../../sim/net/index.js';
import { type End, World } from './peer-ends.js';

const network: NetworkOptionsInput = { profileByKind: { client: 'perfect', turn: 'perfect' }, backboneDelayMs: 10 };

function call(world: World): [End, End] {
  const [a, b] = [world.add('1'), world.add('2')];
  world.at(0, () => {
    a.peers.open(b);
    b.peers.open(a);
  });
  return [a, b];
}

const relaysOf = (a: End, b: End): (string | undefined)[] =>
  [a.peers.routeTo(b.sessionId), b.peers.routeTo(a.sessionId)].map((route) => route?.relay?.id);

describe('peer links without a direct path', () => {
  it('go over a TURN server: every check takes two stretches, and both ends use the same server', async () => {
    const world = new World(network, 3);
    const [a, b] = call(world);
    await world.run(1000);
    // 20 offer, 40 answer, 60 check, 80 answer to the check, 100 first voice of the offerer
    expect(a.events).toEqual(['80 up']);
    expect(b.events).toEqual(['100 up']);
    const [one, other] = relaysOf(a, b);
    expect(one).toMatch(/^turn-[123]$/);
    expect(other).toBe(one);
    expect(world.fabric.statistics).toMatchObject({ peerUps: 2, relayedUps: 2 });
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('never come up when there is no TURN server', async () => {
    const world = new World(network, 0, 1);
    const [a, b] = call(world);
    await world.run(20_000);
    expect([...a.events, ...b.events]).toEqual([]);
    expect(world.hearing.heardPairs).toBe(0);
  });

  it('are silent when the server dies, go down without consent, and are made again over another', async () => {
    const world = new World(network, 2);
    const [a, b] = call(world);
    let first: string | undefined;
    world.at(10_000, () => {
      [first] = relaysOf(a, b);
      world.relays.find(({ id }) => id === first)!.crash();
      expect(world.hearing.heardPairs).toBe(0);
    });
    await world.run(60_000);
    expect(a.events.map((line) => line.split(' ')[1])).toEqual(['up', 'down', 'up']);
    expect(a.events[1]).toBe('40000 down');
    const [one, other] = relaysOf(a, b);
    expect(one).toMatch(/^turn-[12]$/);
    expect(one).not.toBe(first);
    expect(other).toBe(one);
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('are lost with the allocation, though the server is back at once', async () => {
    const world = new World(network, 1);
    const [a] = call(world);
    world.at(10_000, () => world.relays[0]!.restart(0));
    await world.run(39_000);
    expect(world.hearing.heardPairs).toBe(0);
    await world.run(60_000);
    expect(a.events.map((line) => line.split(' ')[1])).toEqual(['up', 'down', 'up']);
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('do not care about a partition between the two clients, but about one to the server', async () => {
    const world = new World(network, 1);
    const [a, b] = call(world);
    world.at(5000, () => world.network.partition([a.host], [b.host]));
    world.at(6000, () => expect(world.hearing.heardPairs).toBe(2));
    world.at(7000, () => world.network.partition(world.relays, [b.host], 'a-to-b'));
    world.at(8000, () => expect(world.hearing.heardPairs).toBe(1));
    await world.run(10_000);
    expect(world.hearing.heardPairs).toBe(1);
  });

  it('take the way over a server when a partition has cut the direct one', async () => {
    const world = new World(network, 1, 0);
    const [a, b] = call(world);
    world.at(5000, () => expect(relaysOf(a, b)).toEqual([undefined, undefined]));
    world.at(10_000, () => world.network.partition([a.host], [b.host]));
    await world.run(60_000);
    expect(a.events.map((line) => line.split(' ')[1])).toEqual(['up', 'down', 'up']);
    expect(relaysOf(a, b)).toEqual(['turn-1', 'turn-1']);
    expect(world.hearing.heardPairs).toBe(2);
  });
});
