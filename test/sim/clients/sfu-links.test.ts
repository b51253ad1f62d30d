import { describe, expect, it } from 'vitest';
import type { LinkEvents } from '../../../core/client/ports.js';
import type { SfuGrant } from '../../../core/protocol.js';
import { defaultClientOptions, MediaFabric } from '../../../sim/clients/index.js';
import { SfuLinks } from '../../../sim/clients/sfu-links.js';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { Hearing, type HearingMember, type Seat } from '../../../sim/media/index.js';
import { Network, PeerRouting } from '../../../sim/net/index.js';
import { makeSfuToken, SfuNode, SimulatedSfuControl } from '../../../sim/sfu/index.js';

class Person implements HearingMember, LinkEvents {
  seat: Seat | null = null;
  readonly host: Host;
  readonly sfu: SfuLinks;
  readonly events: string[] = [];
  readonly sessionId: string;
  constructor(
    readonly world: World,
    readonly userId: string,
    readonly ordinal: number,
  ) {
    this.sessionId = `${userId}-${ordinal}`;
    this.host = new Host(world.sim, { id: `client-${this.sessionId}`, kind: 'client' });
    this.host.start();
    const { sim, fabric } = world;
    this.sfu = new SfuLinks({
      sim,
      fabric,
      host: this.host,
      member: this,
      options: defaultClientOptions,
      events: () => this,
    });
    fabric.add({ sessionId: this.sessionId, host: this.host, sfu: this.sfu, peers: { recheck() {} } as never });
    world.hearing.enter(this, 1);
    this.host.onPause(() => this.sfu.recheck());
    this.host.onResume(() => this.sfu.recheck());
  }
  get attachments() {
    return this.sfu.live;
  }
  playedPath() {
    return 'sfu' as const;
  }
  linkedWith(): boolean {
    return false;
  }
  onPeerUp(): void {}
  onPeerDown(): void {}
  onSfuUp(): void {
    this.events.push(`${Math.round(this.world.sim.nowUs / 1000)} up`);
  }
  onSfuDown(_key: string, reason: string): void {
    this.events.push(`${Math.round(this.world.sim.nowUs / 1000)} ${reason}`);
  }
}

class World {
  readonly sim = new Simulation({ seed: 1 });
  readonly network = new Network(this.sim, { defaultProfile: 'perfect', backboneDelayMs: 10 });
  readonly node = new SfuNode(this.sim, this.network, { name: 'sfu-1', startMinMs: 0, startMaxMs: 0 });
  readonly hearing = new Hearing({ nowUs: () => this.sim.nowUs, reachable: (a, b) => this.network.reachable(a, b) });
  readonly fabric = new MediaFabric(
    this.network,
    this.hearing,
    new Map([['sfu-1', this.node.host]]),
    new PeerRouting(this.sim.choices, this.network),
  );
  readonly people: Person[];

  constructor(count = 2) {
    this.node.host.start();
    const backend = new Host(this.sim, { id: 'backend-1', kind: 'backend' });
    backend.start();
    const nodes = new Map([['sfu-1', this.node.host]]);
    const control = new SimulatedSfuControl({ sim: this.sim, network: this.network, host: backend, nodes });
    this.sim.at(0, () => void control.startRoom({ node: 'sfu-1', room: 'channel_1', epoch: 1 }));
    this.people = Array.from({ length: count }, (_, index) => new Person(this, String(index + 1), index + 1));
  }

  grant(userId: string, change: Partial<SfuGrant> = {}): SfuGrant {
    const room = { node: 'sfu-1', room: 'channel_1', epoch: 1, ...change };
    return { ...room, token: makeSfuToken({ ...room, userId }), ...change };
  }

  at(timeMs: number, what: () => void): void {
    this.sim.at(timeMs * 1000, what);
  }

  connectAll(): void {
    this.at(1000, () => {
      for (const person of this.people) person.sfu.connect(this.grant(person.userId));
    });
  }

  async run(untilMs: number): Promise<void> {
    await this.sim.run({ untilUs: untilMs * 1000 });
  }
}

describe('SFU links', () => {
  it('come up after three round trips, and everybody hears everybody', async () => {
    const world = new World(3);
    world.connectAll();
    await world.run(2000);
    for (const person of world.people) {
      expect(person.events).toEqual(['1060 up']);
      expect(person.sfu.health(world.grant(person.userId))).toEqual({ uplink: true, downlink: true });
    }
    expect(world.hearing.heardPairs).toBe(6);
  });

  it('fail for an unknown room, a wrong epoch, a bad token, an unknown node, a dead node, a hung node', async () => {
    const world = new World(6);
    const [a, b, c, d, e, f] = world.people as [Person, Person, Person, Person, Person, Person];
    world.at(1000, () => {
      a.sfu.connect(world.grant('1', { room: 'channel_2' }));
      b.sfu.connect(world.grant('2', { epoch: 2 }));
      c.sfu.connect(world.grant('3', { token: 'no' }));
      d.sfu.connect(world.grant('4', { node: 'sfu-9' }));
      expect(d.events).toEqual([]);
    });
    world.at(2000, () => {
      world.node.faults.hang = true;
      e.sfu.connect(world.grant('5'));
    });
    world.at(12_000, () => {
      world.node.host.crash();
      f.sfu.connect(world.grant('6'));
    });
    await world.run(30_000);
    expect(world.people.map((person) => person.events)).toEqual([
      ['1040 room-unknown'],
      ['1040 wrong-epoch'],
      ['1040 bad-token'],
      ['1000 unknown-node'],
      ['10000 attempt-timeout'],
      ['12020 refused'],
    ]);
    for (const person of world.people) expect(person.sfu.live).toEqual([]);
  });

  it('break at a crash of the node, at once', async () => {
    const world = new World();
    world.connectAll();
    world.at(5000, () => world.node.host.crash());
    world.at(5001, () => expect(world.hearing.heardPairs).toBe(0));
    await world.run(20_000);
    for (const person of world.people) expect(person.events).toEqual(['1060 up', '5010 reset']);
  });

  it('break after 5 s without RTCP when the way back is cut, or the node hangs; shorter troubles pass', async () => {
    for (const trouble of ['cut', 'pause'] as const) {
      const world = new World();
      const [a, b] = world.people as [Person, Person];
      world.connectAll();
      const begin = (forMs: number) => {
        if (trouble === 'cut') {
          const id = world.network.partition([world.node.host], [a.host], 'a-to-b');
          world.sim.after(forMs * 1000, () => world.network.heal(id));
        } else world.node.host.pause(forMs * 1000);
      };
      world.at(5000, () => begin(4000));
      world.at(6000, () => {
        expect(world.hearing.heardPairs).toBe(trouble === 'cut' ? 1 : 0);
        expect(a.sfu.health(world.grant('1')).downlink).toBe(false);
      });
      world.at(10_000, () => expect(world.hearing.heardPairs).toBe(2));
      world.at(20_000, () => begin(8000));
      await world.run(60_000);
      expect(a.events).toEqual(['1060 up', '25000 rtcp-timeout']);
      expect(b.events).toEqual(trouble === 'cut' ? ['1060 up'] : ['1060 up', '25000 rtcp-timeout']);
    }
  });

  it('leave no participant behind, however the client goes', async () => {
    const world = new World(4);
    const [a, b, c, d] = world.people as [Person, Person, Person, Person];
    world.connectAll();
    world.at(5000, () => {
      expect(world.node.participantCount).toBe(4);
      a.sfu.close(world.grant('1'));
      b.sfu.dispose();
      world.network.partition([c.host], [world.node.host], 'both');
      d.host.pause(100_000_000);
    });
    world.at(6000, () => {
      c.sfu.dispose();
      expect(world.node.participantCount).toBe(2);
    });
    world.at(34_900, () => expect(world.node.participantCount).toBeGreaterThan(0));
    await world.run(36_000);
    expect(world.node.participantCount).toBe(0);
  });

  it('two sessions of a user are both in until one leaves', async () => {
    const world = new World(1);
    const again = new Person(world, '1', 9);
    world.connectAll();
    world.at(2000, () => again.sfu.connect(world.grant('1')));
    await world.run(5000);
    expect(world.people[0]!.events).toEqual(['1060 up']);
    expect(again.events).toEqual(['2060 up']);
    expect(world.node.participantCount).toBe(2);
  });
});
