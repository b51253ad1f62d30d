import { describe, expect, it } from 'vitest';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { Network } from '../../../sim/net/index.js';
import {
  checkSfuToken,
  makeSfuToken,
  SFU_SERVICE,
  type SfuControlError,
  SfuNode,
  type SfuNodeOptions,
  type SfuObserver,
  type SfuServerMessage,
  SimulatedSfuControl,
} from '../../../sim/sfu/index.js';

class World implements SfuObserver {
  readonly sim = new Simulation({ seed: 1 });
  readonly network = new Network(this.sim);
  readonly events: string[] = [];
  readonly node: SfuNode;
  readonly backend = new Host(this.sim, { id: 'backend-1', kind: 'backend' });
  readonly control: SimulatedSfuControl;
  readonly said: string[] = [];
  private clients = 0;

  constructor(options: Partial<SfuNodeOptions> = {}) {
    this.node = new SfuNode(this.sim, this.network, { name: 'sfu-1', observers: [this], ...options });
    this.node.host.start();
    this.backend.start();
    const nodes = new Map([['sfu-1', this.node.host]]);
    this.control = new SimulatedSfuControl({ sim: this.sim, network: this.network, host: this.backend, nodes });
  }

  roomStarted(_node: string, room: string, epoch: number): void {
    this.events.push(`started ${room}#${epoch}`);
  }
  roomStopped(_node: string, room: string, epoch: number, reason: string): void {
    this.events.push(`stopped ${room}#${epoch} ${reason}`);
  }
  participantIn(_node: string, room: string, epoch: number, userId: string): void {
    this.events.push(`in ${room}#${epoch} ${userId}`);
  }
  participantOut(_node: string, room: string, epoch: number, userId: string, _session: string, reason: string): void {
    this.events.push(`out ${room}#${epoch} ${userId} ${reason}`);
  }

  room(epoch: number, room = 'channel_1') {
    return { node: 'sfu-1', room, epoch };
  }

  /** Notes what becomes of a call. */
  note(name: string, call: Promise<unknown>): void {
    call.then(
      (value) => this.said.push(`${name}: ${JSON.stringify(value) ?? 'done'}`),
      (error: SfuControlError) =>
        this.said.push(`${name}: ${error.code}${error.code === 'rejected' ? ` ${error.message.split(': ')[1]}` : ''}`),
    );
  }

  at(timeMs: number, what: () => void): void {
    this.sim.at(timeMs * 1000, () => {
      what();
      this.sim.wake();
    });
  }

  /** A client that joins; answers what it was told last. */
  enter(userId: string, epoch: number, token?: string): { last: string; host: Host } {
    const host = new Host(this.sim, { id: `client-${++this.clients}`, kind: 'client' });
    host.start();
    const client = { last: '', host };
    this.network.connect(host, this.node.host, SFU_SERVICE, {
      onOpen: (connection) =>
        connection.send({
          type: 'join',
          room: 'channel_1',
          epoch,
          userId,
          sessionId: `${userId}-${this.clients}`,
          token: token ?? makeSfuToken({ ...this.room(epoch), userId }),
        }),
      onMessage: (raw, connection) => {
        const message = raw as SfuServerMessage;
        client.last = 'reason' in message ? `${message.type} ${message.reason}` : message.type;
        if (message.type === 'joined') connection.send({ type: 'transport' });
        if (message.type === 'connected') message.participant.onChange = () => {};
      },
      onClose: (reason) => {
        if (client.last === 'connected') client.last = reason;
      },
    });
    return client;
  }

  async run(untilMs: number): Promise<void> {
    await this.sim.run({ untilUs: untilMs * 1000 });
  }
}

describe('SFU node', () => {
  it('obeys the highest ownership epoch it has seen, and no older one', async () => {
    const world = new World();
    const { control } = world;
    const clients: Record<string, { last: string }> = {};
    world.at(0, () => world.note('start 5', control.startRoom(world.room(5))));
    world.at(500, () => {
      clients.a = world.enter('1', 5);
      clients.early = world.enter('2', 6);
    });
    world.at(1000, () => {
      world.note('start 4', control.startRoom(world.room(4)));
      world.note('in 5', control.participants(world.room(5)));
      world.note('start 6', control.startRoom(world.room(6)));
    });
    world.at(1500, () => {
      clients.late = world.enter('3', 5);
      clients.b = world.enter('2', 6);
    });
    world.at(2000, () => {
      world.note('old 5', control.participants(world.room(5)));
      world.note('in 6', control.participants(world.room(6)));
      world.note('list', control.listRooms('sfu-1'));
      world.note('stop 5', control.stopRoom(world.room(5)));
    });
    world.at(2500, () => world.note('health', control.health('sfu-1')));
    await world.run(4000);
    expect(world.said).toEqual([
      'start 5: done',
      'start 4: rejected stale epoch',
      'in 5: ["1"]',
      'start 6: done',
      'old 5: rejected stale epoch',
      'in 6: ["2"]',
      'list: [{"node":"sfu-1","room":"channel_1","epoch":5},{"node":"sfu-1","room":"channel_1","epoch":6}]',
      'stop 5: done',
      'health: {"participants":1,"process":"sfu-1.1"}',
    ]);
    expect(clients).toMatchObject({
      a: { last: 'removed room stopped' },
      early: { last: 'refused wrong-epoch' },
      late: { last: 'refused wrong-epoch' },
      b: { last: 'connected' },
    });
  });

  it('an old room takes nobody new and vanishes with its last participant', async () => {
    const world = new World();
    world.at(0, () => world.note('start', world.control.startRoom(world.room(1))));
    let client: { host: Host } | undefined;
    world.at(500, () => {
      client = world.enter('1', 1);
    });
    world.at(1000, () => world.note('start', world.control.startRoom(world.room(2))));
    world.at(2000, () => client!.host.crash());
    await world.run(4000);
    expect(world.events).toEqual([
      'started channel_1#1',
      'in channel_1#1 1',
      'started channel_1#2',
      'out channel_1#1 1 reset',
      'stopped channel_1#1 superseded',
    ]);
  });

  it('a stop ends every room of the name up to its epoch, and none above', async () => {
    const world = new World();
    const { control } = world;
    world.at(0, () => world.note('start 3', control.startRoom(world.room(3))));
    world.at(500, () => world.note('stop 2', control.stopRoom(world.room(2))));
    world.at(600, () => world.note('list', control.listRooms('sfu-1')));
    world.at(700, () => world.note('stop 4', control.stopRoom(world.room(4))));
    world.at(800, () => world.note('list', control.listRooms('sfu-1')));
    world.at(900, () => world.note('start 3', control.startRoom(world.room(3))));
    await world.run(2000);
    expect(world.said).toEqual([
      'start 3: done',
      'stop 2: done',
      'list: [{"node":"sfu-1","room":"channel_1","epoch":3}]',
      'stop 4: done',
      'list: []',
      'start 3: rejected stale epoch',
    ]);
  });

  it('starting is idempotent; a stop in between ends it', async () => {
    const world = new World({ startMinMs: 1000, startMaxMs: 1000 });
    world.at(0, () => {
      world.note('one', world.control.startRoom(world.room(1)));
      world.note('two', world.control.startRoom(world.room(1)));
    });
    world.at(1500, () => {
      world.note('again', world.control.startRoom(world.room(1)));
      world.note('other', world.control.startRoom(world.room(1, 'channel_2')));
    });
    world.at(2000, () => world.note('stop', world.control.stopRoom(world.room(1, 'channel_2'))));
    world.at(2100, () => world.note('stop nothing', world.control.stopRoom(world.room(1, 'channel_3'))));
    await world.run(4000);
    expect(world.said).toEqual([
      'one: done',
      'two: done',
      'again: done',
      'other: rejected stopped',
      'stop: done',
      'stop nothing: done',
    ]);
    expect(world.events).toEqual(['started channel_1#1']);
  });

  it('refuses by capacity, switch and token, and keeps those inside', async () => {
    const world = new World({ capacity: 1 });
    const { control, node } = world;
    const last: Record<string, { last: string }> = {};
    world.at(0, () => world.note('start', control.startRoom(world.room(1))));
    world.at(500, () => {
      last.inside = world.enter('1', 1);
      last.forged = world.enter('2', 1, makeSfuToken({ ...world.room(1), userId: '3' }));
    });
    world.at(1000, () => {
      last.tooMany = world.enter('3', 1);
      world.note('full', control.startRoom(world.room(1, 'channel_9')));
    });
    world.at(1500, () => {
      node.faults.refusals = 1;
      last.refused = world.enter('4', 1);
    });
    world.at(2000, () => {
      node.faults.hang = true;
      last.hangs = world.enter('5', 1);
      world.note('hang', control.health('sfu-1'));
    });
    await world.run(7000);
    expect(last).toMatchObject({
      inside: { last: 'connected' },
      forged: { last: 'refused bad-token' },
      tooMany: { last: 'refused full' },
      refused: { last: 'refused refused' },
      hangs: { last: '' },
    });
    expect(world.said).toEqual(['start: done', 'full: full', 'hang: timeout']);
    expect(node.participantCount).toBe(1);
  });

  it('refuses new rooms and keeps those that run', async () => {
    const world = new World();
    const { control, node } = world;
    world.at(0, () => world.note('start', control.startRoom(world.room(1))));
    world.at(500, () => {
      node.faults.refusals = 1;
      world.note('new', control.startRoom(world.room(1, 'channel_2')));
      world.note('newer', control.startRoom(world.room(2)));
      world.note('running', control.startRoom(world.room(1)));
      world.note('list', control.listRooms('sfu-1'));
    });
    world.at(1000, () => {
      node.faults.refusals = 0;
      world.note('over', control.startRoom(world.room(2)));
    });
    await world.run(2000);
    expect(world.said).toEqual([
      'start: done',
      'new: rejected refused',
      'newer: rejected refused',
      'running: done',
      'list: [{"node":"sfu-1","room":"channel_1","epoch":1}]',
      'over: done',
    ]);
  });

  it('carries calls out late and in order while it is slow, and after that', async () => {
    const world = new World({ startMinMs: 100, startMaxMs: 100 });
    const { control, node } = world;
    const answers: [string, number][] = [];
    const timed = (name: string, call: Promise<unknown>) =>
      void call.then(
        () => answers.push([name, Math.round(world.sim.nowUs / 1e5) / 10]),
        () => answers.push([`${name} failed`, Math.round(world.sim.nowUs / 1e5) / 10]),
      );
    let client: { last: string } | undefined;
    world.at(0, () => timed('start', control.startRoom(world.room(1))));
    world.at(1000, () => {
      node.faults.slowMs = 2000;
      timed('slow start', control.startRoom(world.room(1, 'channel_2')));
      client = world.enter('1', 1);
    });
    world.at(1500, () => {
      node.faults.slowMs = 0;
      timed('stop', control.stopRoom(world.room(1, 'channel_2')));
    });
    world.at(2000, () => expect(client?.last).toBe('connected'));
    world.at(4000, () => timed('health', control.health('sfu-1')));
    await world.run(8000);
    // the stop came 1.5 s before the start was carried out, and waited for it: it stopped the room while that was starting
    expect(answers).toEqual([
      ['start', 0.1],
      ['slow start failed', 3],
      ['stop', 3],
      ['health', 4],
    ]);
    expect(world.events).toEqual(['started channel_1#1', 'in channel_1#1 1']);
  });

  it('loses everything in a crash and comes back empty', async () => {
    const world = new World();
    const { control, node } = world;
    let client: { last: string } | undefined;
    world.at(0, () => world.note('start', control.startRoom(world.room(3))));
    world.at(500, () => {
      client = world.enter('1', 3);
    });
    world.at(1000, () => {
      world.note('cut', control.health('sfu-1'));
      node.host.restart(1_000_000);
    });
    world.at(1500, () => world.note('down', control.health('sfu-1')));
    world.at(2500, () => {
      world.note('list', control.listRooms('sfu-1'));
      world.note('start older', control.startRoom(world.room(2)));
    });
    await world.run(6000);
    expect(world.said).toEqual(['start: done', 'cut: connection', 'down: connection', 'list: []', 'start older: done']);
    expect(client!.last).toBe('reset');
    expect(world.events).toEqual([
      'started channel_1#3',
      'in channel_1#3 1',
      'out channel_1#3 1 crash',
      'stopped channel_1#3 crash',
      'started channel_1#2',
    ]);
  });

  it('a call to a node out of reach is rejected after its time-out, and an unknown node at once', async () => {
    const world = new World();
    world.at(0, () => {
      world.network.partition([world.backend], [world.node.host]);
      world.note('cut', world.control.health('sfu-1'));
      world.note('unknown', world.control.health('sfu-7'));
    });
    await world.run(2900);
    expect(world.said).toEqual(['unknown: unknown-node']);
    world.at(3100, () => world.network.heal());
    await world.run(3500);
    expect(world.said).toEqual(['unknown: unknown-node', 'cut: timeout']);
    world.at(5000, () => world.note('healed', world.control.health('sfu-1')));
    await world.run(20_000);
    expect(world.said.at(-1)).toBe('healed: {"participants":0,"process":"sfu-1.1"}');
  });

  it('slow starts happen', async () => {
    const world = new World({ slowStartShare: 1 });
    world.at(0, () => world.note('start', world.control.startRoom(world.room(1))));
    world.at(3500, () => world.note('late start', world.control.startRoom(world.room(1))));
    await world.run(10_000);
    expect(world.said[0]).toBe('start: timeout');
    expect(world.events).toEqual(['started channel_1#1']);
  });

  it('tokens name node, room and user', () => {
    const claim = { node: 'sfu-1', room: 'channel_1', epoch: 3, userId: '17' };
    expect(checkSfuToken(makeSfuToken(claim), claim)).toBe(true);
    expect(checkSfuToken(makeSfuToken({ ...claim, node: 'sfu-2' }), claim)).toBe(false);
    expect(checkSfuToken(makeSfuToken({ ...claim, userId: '1' }), claim)).toBe(false);
    expect(checkSfuToken('', claim)).toBe(false);
  });
});
