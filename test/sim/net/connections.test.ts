import { describe, expect, it } from 'vitest';
import { swizzleClog } from '../../../sim/net/index.js';
import { SECOND, TestWorld } from './world.js';

const DELAY = 10_000; // one way, the default backbone between perfect links

describe('connect', () => {
  it('costs its round trips', async () => {
    for (const roundTrips of [1, 2, 3]) {
      const world = new TestWorld();
      world.connect({ roundTrips });
      await world.runFor(SECOND);
      expect(world.log).toEqual([`open@${2 * DELAY * roundTrips}`]);
    }
  });

  it('is refused without listener or process, after one round trip', async () => {
    const world = new TestWorld();
    world.connect({}, 'nothing');
    world.b.crash();
    world.connect();
    await world.runFor(SECOND);
    expect(world.clientEnds).toEqual([`refused@${2 * DELAY}`, `refused@${2 * DELAY}`]);
    world.b.start();
    await world.connected();
    expect(world.network.statistics.connectsFailed).toBe(2);
  });

  it('times out when the other is out of reach, and succeeds when that ends before', async () => {
    const world = new TestWorld();
    world.network.partition([world.a], [world.b], 'both');
    world.connect();
    await world.runFor(20 * SECOND);
    expect(world.clientEnds).toEqual([`timeout@${10 * SECOND}`]);
    world.connect();
    world.sim.after(2 * SECOND, () => world.network.heal());
    await world.runFor(20 * SECOND);
    expect(world.log).toEqual([`open@${23 * SECOND + 2 * DELAY}`]);
    expect(world.clientEnds.length).toBe(1);
  });

  it('does nothing from a host that is down, and nothing after a close', async () => {
    const world = new TestWorld();
    world.connect().close();
    world.a.crash();
    expect(world.connect().open).toBe(false);
    await world.runFor(20 * SECOND);
    expect([world.log, world.clientEnds, world.server]).toEqual([[], [], null]);
  });

  it('opens by the kernel of a paused host with one round trip, and waits for its process with more', async () => {
    for (const [roundTrips, openUs] of [
      [1, 2 * DELAY],
      [3, 5 * SECOND + DELAY],
    ] as const) {
      const world = new TestWorld();
      world.b.pause(5 * SECOND);
      const client = world.connect({ roundTrips });
      world.sim.at(SECOND, () => client.open && client.send('early'));
      await world.runFor(8 * SECOND);
      expect(world.log).toEqual([`open@${openUs}`]);
      expect(world.atB).toEqual(roundTrips === 1 ? ['early'] : []);
    }
  });

  it('refuses to send before it is open', () => {
    expect(() => new TestWorld().connect().send('x')).toThrow('before onOpen');
  });
});

describe('messages', () => {
  it('arrive in order within one microsecond, one event each', async () => {
    const world = new TestWorld();
    const { client, server } = await world.connected();
    const before = world.sim.eventsRun;
    for (let index = 0; index < 100; index++) client.send(index);
    server.send({ type: 'welcome' });
    await world.runFor(SECOND);
    expect(world.atB).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(world.atA).toEqual([{ type: 'welcome' }]);
    expect(world.sim.eventsRun - before).toBe(102); // 101 messages and the end of runFor
    expect(world.sim.trace.recent(1)[0]).toMatchObject({ host: 'b', to: 'a', kind: 'welcome' });
    expect(world.sim.trace.recent(2)[0]).toMatchObject({ host: 'a', to: 'b', kind: 'chat' });
  });

  it('are serialised by a slow link and repeated after a loss', async () => {
    const world = new TestWorld();
    world.network.setProfile('a', { up: { rateKbps: 84 } });
    const { client } = await world.connected();
    const startUs = world.sim.nowUs;
    client.send('x', 210);
    while (world.atB.length === 0) await world.runFor(1000);
    expect(world.sim.nowUs - startUs).toBe(20_000 + DELAY);
    world.network.setProfile('a', { up: { lossRate: 1 } });
    client.send('y');
    await world.runFor(SECOND);
    world.network.setProfile('a', 'perfect');
    const healedUs = world.sim.nowUs;
    await world.runFor(10 * SECOND);
    expect(world.atB).toEqual(['x', 'y']);
    expect(world.network.statistics.messages.retransmissions).toBe(3); // at 0.2, 0.6 and 1.4 s
    expect(healedUs).toBeLessThan(startUs + 2 * SECOND);
  });

  it('time out on a link that loses everything', async () => {
    const world = new TestWorld();
    const { client } = await world.connected();
    const startUs = world.sim.nowUs;
    world.network.setProfile('a', { up: { lossRate: 1 } });
    client.send('y');
    await world.runFor(30 * SECOND);
    expect(world.clientEnds).toEqual([`timeout@${startUs + 20 * SECOND}`]);
    expect(world.serverEnds).toEqual([`reset@${startUs + 20 * SECOND + DELAY}`]);
  });

  it('keep their order when the path becomes shorter', async () => {
    const world = new TestWorld();
    const { client } = await world.connected();
    world.network.setProfile('a', { delayMs: 500 });
    client.send(1);
    world.network.setProfile('a', 'perfect');
    client.send(2);
    client.send(3);
    await world.runFor(SECOND);
    expect(world.atB).toEqual([1, 2, 3]);
  });

  it('that wait are dropped when the process closes before it has read them', async () => {
    const world = new TestWorld();
    const { client, server } = await world.connected();
    server.handlers = {
      onMessage: (message, connection) => {
        world.atB.push(message);
        connection.close();
      },
    };
    world.b.pause(SECOND);
    client.send(1);
    client.send(2);
    await world.runFor(2 * SECOND);
    expect(world.atB).toEqual([1]);
    expect(world.clientEnds.map((end) => end.split('@')[0])).toEqual(['closed']);
    expect(world.network.statistics.messages.dropped.connection).toBe(1);
  });

  it('wait for a paused process, and its end waits behind them', async () => {
    const world = new TestWorld();
    const { client } = await world.connected();
    const startUs = world.sim.nowUs;
    world.b.pause(SECOND);
    client.send(1);
    client.send(2);
    client.close('bye');
    await world.runFor(SECOND / 2);
    expect(world.atB).toEqual([]);
    await world.runFor(SECOND);
    expect(world.atB).toEqual([1, 2]);
    expect(world.serverEnds).toEqual([`closed@${startUs + SECOND}`]);
    expect(world.server?.closeDetail).toBe('bye');
  });
});

describe('the end of a process', () => {
  it('resets its peers after one way, and runs nothing on itself', async () => {
    const world = new TestWorld();
    const { client } = await world.connected();
    const startUs = world.sim.nowUs;
    client.send('too late');
    world.b.crash();
    await world.runFor(SECOND);
    expect(world.clientEnds).toEqual([`reset@${startUs + DELAY}`]);
    expect([world.serverEnds, world.atB, client.open]).toEqual([[], [], false]);
    client.send('into the void');
    expect(world.network.statistics.messages).toMatchObject({ sent: 1, delivered: 0, inFlight: 0, imbalance: 0 });
  });

  it('leaves a peer that it cannot reach half open until that sends or sends a keep-alive', async () => {
    for (const sends of [true, false]) {
      const world = new TestWorld();
      const { client } = await world.connected();
      const startUs = world.sim.nowUs;
      world.network.partition([world.a], [world.b]);
      world.b.crash();
      world.sim.after(SECOND, () => world.network.heal());
      if (sends) world.sim.after(2 * SECOND, () => client.send('anyone?'));
      await world.runFor(40 * SECOND);
      expect(world.clientEnds).toEqual([`reset@${startUs + (sends ? 2 * SECOND + 2 * DELAY : 16 * SECOND)}`]);
    }
  });

  it('drops messages that wait for a paused process when that dies', async () => {
    const world = new TestWorld();
    const { client } = await world.connected();
    world.b.pause(SECOND);
    client.send('x');
    await world.runFor(SECOND / 2);
    world.b.crash();
    await world.runFor(SECOND);
    expect(world.atB).toEqual([]);
    expect(world.network.statistics.messages.dropped['host-down']).toBe(1);
    expect(world.network.statistics.messages).toMatchObject({ inFlight: 0, imbalance: 0 });
  });
});

describe('partitions', () => {
  it('stall, and after healing the next retransmission delivers', async () => {
    const world = new TestWorld();
    const { client } = await world.connected();
    const startUs = world.sim.nowUs;
    world.network.partition([world.a], [world.b]);
    client.send(1);
    world.sim.after(SECOND, () => client.send(2));
    world.sim.after(4 * SECOND, () => world.network.heal());
    await world.runFor(6 * SECOND);
    expect(world.atB).toEqual([]);
    await world.runFor(startUs + 6_200_000 + DELAY - world.sim.nowUs); // 0.2 0.6 1.4 3.0 6.2 s
    expect(world.atB).toEqual([1, 2]);
    await world.runFor(60 * SECOND);
    expect([world.clientEnds, world.serverEnds]).toEqual([[], []]);
  });

  it('end a connection on which somebody sent after 20 s, the other side by its keep-alive', async () => {
    const world = new TestWorld();
    const { client } = await world.connected();
    const startUs = world.sim.nowUs;
    world.network.partition([world.a], [world.b]);
    client.send(1);
    await world.runFor(60 * SECOND);
    expect(world.clientEnds).toEqual([`timeout@${startUs + 20 * SECOND}`]);
    expect(world.serverEnds).toEqual([`timeout@${startUs + 35 * SECOND}`]);
    expect(world.network.statistics.messages).toMatchObject({ sent: 1, delivered: 0, inFlight: 0, imbalance: 0 });
  });

  it('one way: what arrives is not acknowledged, so both sides give up', async () => {
    const world = new TestWorld();
    const { client, server } = await world.connected();
    const startUs = world.sim.nowUs;
    world.network.partition([world.a], [world.b], 'a-to-b');
    client.send('lost');
    server.send('arrives');
    await world.runFor(60 * SECOND);
    expect([world.atA, world.atB]).toEqual([['arrives'], []]);
    expect(world.clientEnds).toEqual([`timeout@${startUs + 20 * SECOND}`]);
    expect(world.serverEnds).toEqual([`timeout@${startUs + 20 * SECOND}`]);
  });

  it('one way: healing in time brings the acknowledgement', async () => {
    const world = new TestWorld();
    const { server } = await world.connected();
    world.network.partition([world.a], [world.b], 'a-to-b');
    server.send('arrives');
    world.sim.after(10 * SECOND, () => world.network.heal());
    await world.runFor(60 * SECOND);
    expect([world.atA, world.clientEnds, world.serverEnds, server.open]).toEqual([['arrives'], [], [], true]);
  });

  it('leave idle connections alone when they heal before the keep-alive, and others at all times', async () => {
    const world = new TestWorld();
    const { client } = await world.connected();
    const c = world.host('c', 'client');
    const cut = world.network.cutOff(c);
    world.network.partition([world.a], [world.b]);
    world.sim.after(10 * SECOND, () => world.network.heal());
    await world.runFor(60 * SECOND);
    expect(client.open).toBe(true);
    world.network.heal(cut);
    client.send('still here');
    await world.runFor(SECOND);
    expect(world.atB).toEqual(['still here']);
  });

  it('cost one event a crossing connection and none without', async () => {
    const world = new TestWorld();
    await world.connected();
    const before = world.sim.pending;
    const id = world.network.partition([world.host('d', 'client')], [world.b]);
    expect(world.sim.pending).toBe(before);
    world.network.heal(id);
    world.network.cutOff(world.b);
    expect(world.sim.pending).toBe(before + 1);
  });
});

describe('clogs', () => {
  it('hold messages and deliver them in order at the end', async () => {
    const world = new TestWorld();
    const { client, server } = await world.connected();
    const startUs = world.sim.nowUs;
    world.network.clogHost(world.b, 3 * SECOND);
    client.send(1);
    world.sim.after(SECOND, () => client.send(2));
    world.sim.after(SECOND, () => server.send('back'));
    await world.runFor(3 * SECOND);
    expect([world.atA, world.atB]).toEqual([[], []]);
    await world.runFor(startUs + 3 * SECOND + DELAY - world.sim.nowUs);
    expect([world.atA, world.atB]).toEqual([['back'], [1, 2]]);
  });

  it('hold back nobody else on a link with a rate', async () => {
    const world = new TestWorld();
    world.network.setProfile('a', { rateKbps: 84 });
    const { client } = await world.connected();
    const c = world.host('c', 'backend');
    world.network.clog(world.a, world.b, 3 * SECOND);
    client.send('held', 210);
    const startUs = world.sim.nowUs;
    let arrivedUs = 0;
    world.network.send(
      world.a,
      c,
      210,
      () => {
        arrivedUs = world.sim.nowUs;
      },
      0,
    );
    await world.runFor(4 * SECOND);
    expect(arrivedUs - startUs).toBe(20_000 + DELAY);
    expect(world.atB).toEqual(['held']);
  });

  it('swizzle: all are free again at the end', async () => {
    const world = new TestWorld();
    const { client } = await world.connected();
    const hosts = [world.a, world.b, ...Array.from({ length: 10 }, (_, index) => world.host(`h${index}`, 'backend'))];
    const chosen = swizzleClog(world.sim, world.network, hosts, { spreadUs: SECOND, holdUs: SECOND });
    expect(chosen.length).toBeGreaterThan(0);
    expect(chosen.length).toBeLessThan(hosts.length);
    await world.runFor(3 * SECOND);
    const startUs = world.sim.nowUs;
    client.send('free');
    await world.runFor(startUs + DELAY - world.sim.nowUs);
    expect(world.atB).toEqual(['free']);
  });
});
