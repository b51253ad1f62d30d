import { describe, expect, it } from 'vitest';
import { type ClientRef, SilentObserver } from '../../../sim/clients/index.js';
import { ScriptedWorld } from './scripted-service.js';

describe('connection to the backends', () => {
  it('waits 0 to 1, then 3, 5, 7, 7 ... s, each +- 50 %, and anew after a welcome', async () => {
    const attempts: number[] = [];
    const world = new ScriptedWorld({ backends: 1, network: { profileByKind: { client: 'perfect' } } });
    const connect = world.network.connect.bind(world.network);
    world.network.connect = (from, to, service, handlers, options) => {
      if (service === 'voice') attempts.push(world.sim.nowUs / 1e6);
      return connect(from, to, service, handlers, options);
    };
    // a balancer that never gives up on its only backend
    world.clients.balancer.pick = () => world.backends[0]!;
    const client = world.client(1);
    world.at(1, () => client.join(1));
    world.at(10, () => world.backends[0]!.crash());
    world.at(60, () => world.backends[0]!.start());
    world.at(100, () => world.backends[0]!.restart(200_000));
    await world.run(120);
    expect(attempts[0]).toBe(1);
    const lost = attempts.filter((at) => at > 10 && at < 60.001);
    const waits = [10.01, ...lost].map((at, index, all) => (index === 0 ? 0 : at - all[index - 1]!)).slice(1);
    const nominal = [3, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7];
    expect(waits[0]).toBeGreaterThan(0);
    expect(waits[0]).toBeLessThan(1.1);
    expect(waits.length).toBeGreaterThan(5);
    for (const [index, wait] of waits.slice(1).entries()) {
      expect(wait).toBeGreaterThan(nominal[index]! * 0.5);
      expect(wait).toBeLessThan(nominal[index]! * 1.5 + 0.1);
    }
    expect(attempts.filter((at) => at > 100 && at < 101.1)).toHaveLength(1);
    expect(client.tab!.online).toBe(true);
  });

  it('gives a silent backend up when a heartbeat is due and the last one has no answer', async () => {
    const lost: string[] = [];
    class Diary extends SilentObserver {
      override disconnected(_client: ClientRef, reason: string): void {
        lost.push(reason);
      }
    }
    const world = new ScriptedWorld({ observer: new Diary() });
    const client = world.client(1);
    world.at(1, () => client.join(1));
    world.at(60, () => {
      expect(lost).toEqual([]);
      world.service.answersPings = false;
    });
    world.at(69, () => {
      expect(lost).toEqual([]);
    });
    world.at(81, () => {
      expect(lost).toEqual(['no-pong']);
      world.service.answersPings = true;
    });
    await world.run(200);
    expect(lost).toHaveLength(1);
    expect(client.tab!.online).toBe(true);
  });

  it('gives up a connection that never says welcome', async () => {
    const lost: string[] = [];
    class Diary extends SilentObserver {
      override disconnected(_client: ClientRef, reason: string): void {
        lost.push(reason);
      }
    }
    const world = new ScriptedWorld({ backends: 1, observer: new Diary() });
    world.network.listen(world.backends[0]!, 'voice', () => {});
    const client = world.client(1);
    world.at(1, () => client.join(1));
    await world.run(15);
    expect(lost).toEqual(['no-welcome']);
    expect(client.tabs).toHaveLength(1);
  });

  it('heartbeats of many clients are spread over the interval', async () => {
    const world = new ScriptedWorld();
    const pings: number[] = [];
    const clients = Array.from({ length: 50 }, (_, index) => world.client(index + 1));
    for (const [index, client] of clients.entries()) world.at(1, () => client.join(index + 1));
    const heartbeat = new Set<string>();
    world.at(2, () => {
      for (const client of clients) {
        const tab = client.tab!;
        const original = tab.heartbeat.bind(tab);
        tab.heartbeat = () => {
          if (!heartbeat.has(client.userId)) pings.push(world.sim.nowUs / 1e6);
          heartbeat.add(client.userId);
          return original();
        };
      }
    });
    await world.run(13);
    expect(pings.length).toBe(50);
    for (let from = 2; from < 11; from += 3)
      expect(pings.filter((at) => at >= from && at < from + 3).length).toBeGreaterThan(5);
  });
});

describe('balancer', () => {
  it('keeps a user where it is, spreads users, and moves only those of a lost backend', async () => {
    const world = new ScriptedWorld({ backends: 3 });
    const { balancer, backends } = world;
    const place = () => Array.from({ length: 3000 }, (_, user) => balancer.pick(user * 2_654_435_761)!.id);
    const before = place();
    for (const backend of backends) expect(before.filter((id) => id === backend.id).length).toBeGreaterThan(900);
    world.at(10, () => backends[1]!.crash());
    world.at(13, () => expect(balancer.isHealthy(backends[1]!)).toBe(true));
    world.at(16, () => {
      expect(balancer.isHealthy(backends[1]!)).toBe(false);
      const now = place();
      for (const [user, id] of now.entries()) if (before[user] !== 'backend-2') expect(id).toBe(before[user]);
      expect(now).not.toContain('backend-2');
    });
    world.at(20, () => backends[1]!.start());
    world.at(24, () => expect(place()).toEqual(before));
    world.at(30, () => world.network.partition([world.balancerHost], backends, 'both'));
    world.at(40, () => expect(balancer.pick(1)).toBe(null));
    await world.run(41);
  });
});
