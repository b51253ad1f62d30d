import { describe, expect, it } from 'vitest';
import { type ClientRef, SilentObserver, type TabEnd } from '../../../sim/clients/index.js';
import { ScriptedWorld } from './scripted-service.js';

class Diary extends SilentObserver {
  readonly lines: string[] = [];
  override tabOpened(client: ClientRef): void {
    this.lines.push(`${client.userId} opened`);
  }
  override tabClosed(client: ClientRef, how: TabEnd): void {
    this.lines.push(`${client.userId} ${how}`);
  }
  override connected(client: ClientRef): void {
    this.lines.push(`${client.userId} connected`);
  }
  override disconnected(client: ClientRef, reason: string): void {
    this.lines.push(`${client.userId} disconnected ${reason}`);
  }
  override joined(client: ClientRef, channelId: number): void {
    this.lines.push(`${client.userId} joined ${channelId}`);
  }
  override leaving(client: ClientRef): void {
    this.lines.push(`${client.userId} leaving`);
  }
  override left(client: ClientRef): void {
    this.lines.push(`${client.userId} left`);
  }
  override removed(client: ClientRef, _channelId: number, reason: string): void {
    this.lines.push(`${client.userId} removed ${reason}`);
  }
}

describe('virtual clients', () => {
  it('join, hear each other, move to the SFU and back without a gap, leave', async () => {
    const diary = new Diary();
    const world = new ScriptedWorld({ observer: diary });
    const people = [1, 2, 3, 4].map((id) => world.client(id));
    for (const [index, person] of people.entries()) world.at(1 + index, () => person.join(7));
    const grant = { node: 'sfu-1', room: 'channel_7', epoch: 5 };
    const seen: string[] = [];
    const look = () =>
      seen.push(
        world.hearing
          .pathsOf(7)
          .map((pair) => (pair.heard ? pair.played : 'none'))
          .join(' '),
      );
    world.at(9, () => {
      look();
      startRoom(world, grant.room, grant.epoch);
    });
    world.at(10, () => world.service.migrate(7, grant));
    world.at(20, () => {
      look();
      expect(world.hearing.pairsWithoutOnePath()).toEqual([]);
      world.service.migrate(7, null);
    });
    world.at(30, () => {
      look();
      expect(world.hearing.pairsWithoutOnePath()).toEqual([]);
      expect(world.hearing.membersOf(7)).toHaveLength(4);
      people[0]!.leave();
    });
    await world.run(40);
    expect(seen).toEqual([
      Array(12).fill('p2p').join(' '),
      Array(12).fill('sfu').join(' '),
      Array(12).fill('p2p').join(' '),
    ]);
    expect(world.gaps).toEqual([]);
    expect(world.firstHeard).toHaveLength(12);
    expect(Math.max(...world.firstHeard)).toBeLessThan(1500);
    expect(diary.lines).toContain('1 left');
    expect(people[0]!.tabs).toEqual([]);
    expect(world.hearing.membersOf(7)).toHaveLength(3);
    expect(world.hearing.pairs).toBe(6);
    expect(world.hearing.heardPairs).toBe(6);
  });

  it('reconnects to another backend when its own has crashed; voices do not notice', async () => {
    const diary = new Diary();
    const world = new ScriptedWorld({ observer: diary });
    const people = [11, 12, 13].map((id) => world.client(id));
    for (const person of people) world.at(1, () => person.join(1));
    world.at(10, () => world.backends[0]!.crash());
    await world.run(40);
    for (const person of people) expect(person.tab?.online).toBe(true);
    expect(world.gaps).toEqual([]);
    const lost = diary.lines.filter((line) => line.includes('disconnected reset'));
    expect(lost.length).toBeGreaterThan(0);
    expect(world.balancer.isHealthy(world.backends[0]!)).toBe(false);
    expect(world.service.log.filter((line) => line.startsWith('hello')).length).toBe(3 + lost.length);
  });

  it('a closed tab falls silent at once and is evicted later; a returning person gets a new session', async () => {
    const world = new ScriptedWorld();
    const [a, b] = [world.client(1), world.client(2)];
    world.at(1, () => a.join(1));
    world.at(1, () => b.join(1));
    let first = '';
    world.at(5, () => {
      expect(world.hearing.heardPairs).toBe(2);
      first = b.tab!.sessionId;
      b.closeTabs();
      expect(world.hearing.pairs).toBe(0);
    });
    world.at(30, () => {
      expect(a.tab!.controller.roster).toHaveLength(1);
      b.join(1);
    });
    await world.run(40);
    expect(b.tab!.sessionId).not.toBe(first);
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('a second tab takes over', async () => {
    const diary = new Diary();
    const world = new ScriptedWorld({ observer: diary });
    const [a, b] = [world.client(1), world.client(2)];
    world.at(1, () => a.join(1));
    world.at(1, () => b.join(1));
    world.at(5, () => b.openSecondTab());
    world.at(10, () => {
      expect(b.tabs).toHaveLength(2);
      expect(world.hearing.membersOf(1).map((member) => member.sessionId)).toEqual([
        a.tab!.sessionId,
        b.tab!.sessionId,
      ]);
      expect(world.hearing.heardPairs).toBe(2);
    });
    await world.run(40);
    expect(b.tabs).toHaveLength(1);
    expect(diary.lines).toContain('2 removed replaced');
    expect(world.hearing.heardPairs).toBe(2);
    expect(world.hearing.pairsWithoutOnePath()).toEqual([]);
  });

  it('sleeps for a moment and goes on', async () => {
    const world = new ScriptedWorld();
    const [a, b] = [world.client(1), world.client(2)];
    world.at(1, () => a.join(1));
    world.at(1, () => b.join(1));
    world.at(10, () => a.sleep(10_000));
    await world.run(60);
    expect(world.hearing.heardPairs).toBe(2);
    expect(world.gaps.map((gap) => [gap.listener, gap.toUs - gap.fromUs, gap.cause])).toEqual([
      ['1', 10_000_000, 'listener paused'],
      ['2', 10_000_000, 'talker paused'],
    ]);
  });

  it('comes back after a sleep so long that everybody has given it up', async () => {
    const world = new ScriptedWorld();
    const [a, b] = [world.client(1), world.client(2)];
    world.at(1, () => a.join(1));
    world.at(1, () => b.join(1));
    world.at(10, () => a.sleep(90_000));
    await world.run(140);
    expect(b.tab!.controller.roster.length).toBeGreaterThan(0);
    expect(a.tab!.online).toBe(true);
  });

  it('opens again after a crash of the device', async () => {
    const diary = new Diary();
    const world = new ScriptedWorld({ observer: diary });
    const [a, b] = [world.client(1), world.client(2)];
    world.at(1, () => a.join(1));
    world.at(1, () => b.join(1));
    world.at(10, () => a.host.restart(2_000_000));
    await world.run(60);
    expect(diary.lines.filter((line) => line.startsWith('1'))).toEqual([
      '1 opened',
      '1 connected',
      '1 joined 1',
      '1 crashed',
      '1 opened',
      '1 connected',
      '1 joined 1',
    ]);
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('the same seed gives the same trace', async () => {
    const hashes: string[] = [];
    for (let i = 0; i < 2; i++) {
      const world = new ScriptedWorld({ seed: 9, network: { profileByKind: { client: 'international' } } });
      const people = [1, 2, 3, 4, 5].map((id) => world.client(id));
      for (const [index, person] of people.entries()) world.at(1 + index, () => person.join(7));
      world.at(20, () => world.backends[0]!.crash());
      world.at(40, () => people[2]!.closeTabs());
      await world.run(60);
      hashes.push(world.sim.trace.hash);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });
});

function startRoom(world: ScriptedWorld, room: string, epoch: number): void {
  world.network.connect(world.backends[0]!, world.sfu[0]!.host, 'sfu-control', {
    onOpen: (connection) => connection.send({ id: 1, call: 'start', room, epoch }),
  });
}
