import type { SfuControl, SfuRoom } from '../../../core/ports.js';
import type { SfuGrant } from '../../../core/protocol.js';
import type { ChoiceStream } from '../../../sim/kernel/index.js';
import { type Connection, type Fabric, Lane } from './fabric.js';
import { Process } from './process.js';

/** A room as one process of a node runs it. */
export interface Room {
  readonly name: string;
  readonly epoch: number;
  state: 'starting' | 'running' | 'gone';
  readonly waiting: ((error: string | null) => void)[];
  /** session -> participant */
  readonly participants: Map<string, Participant>;
}

export interface Participant {
  readonly userId: string;
  readonly sessionId: string;
  readonly room: Room;
  readonly line: Connection<SfuGrant, 'connected'>;
}

const CONTROL_TIMEOUT_MS = 3_000;

/** An SFU node in memory: rooms with ownership epochs, by the rules of the simulator's. */
export class Node {
  readonly process: Process;
  /** Faults that let nobody in, and what faults add to every control call. */
  refusals = 0;
  slowMs = 0;
  private rooms = new Map<string, Room>();
  private fences = new Map<string, number>();

  constructor(
    readonly fabric: Fabric,
    readonly name: string,
    private readonly stream: ChoiceStream,
    changed: () => void,
  ) {
    this.process = new Process(fabric.time, name, {
      boot: () => {
        this.rooms = new Map();
        this.fences = new Map();
      },
      down: changed,
      changed,
    });
    this.process.start();
  }

  running(): SfuRoom[] {
    if (this.process.state === 'down') return [];
    return [...this.rooms.values()]
      .filter(({ state }) => state === 'running')
      .map(({ name, epoch }) => ({ node: this.name, room: name, epoch }));
  }

  /** @returns null when refused */
  admit(userId: string, sessionId: string, grant: SfuGrant, line: Participant['line']): Participant | null {
    const room = this.rooms.get(`${grant.room}#${grant.epoch}`);
    if (this.refusals > 0 || this.fences.get(grant.room) !== grant.epoch || room?.state !== 'running') return null;
    const before = room.participants.get(sessionId);
    if (before) this.expel(before);
    const participant = { userId, sessionId, room, line };
    room.participants.set(sessionId, participant);
    return participant;
  }

  remove(participant: Participant): void {
    const { room, sessionId } = participant;
    if (room.participants.get(sessionId) === participant) room.participants.delete(sessionId);
    const superseded = room.epoch < (this.fences.get(room.name) ?? 0);
    if (room.participants.size === 0 && room.state === 'running' && superseded) this.drop(room);
  }

  start({ room: name, epoch }: SfuRoom, done: (error: string | null) => void): void {
    const existing = this.rooms.get(`${name}#${epoch}`);
    if (epoch < (this.fences.get(name) ?? 0)) done('stale epoch');
    else if (existing?.state === 'running') done(null);
    else if (existing) existing.waiting.push(done);
    else if (this.refusals > 0) done('refused');
    else {
      this.fences.set(name, epoch);
      for (const older of [...this.rooms.values()])
        if (older.name === name && older.epoch < epoch && older.participants.size === 0) this.drop(older);
      const room: Room = { name, epoch, state: 'starting', waiting: [done], participants: new Map() };
      this.rooms.set(`${name}#${epoch}`, room);
      this.process.timers.after(this.stream.between(50, 200), () => {
        if (room.state !== 'starting') return;
        room.state = 'running';
        for (const each of room.waiting.splice(0)) each(null);
      });
    }
  }

  stop({ room: name, epoch }: SfuRoom): void {
    const fence = this.fences.get(name);
    if (fence !== undefined && epoch >= fence) this.fences.set(name, epoch);
    for (const room of [...this.rooms.values()]) if (room.name === name && room.epoch <= epoch) this.drop(room);
  }

  /** @returns a string: why not */
  participants({ room, epoch }: SfuRoom): string[] | string {
    if (epoch < (this.fences.get(room) ?? 0)) return 'stale epoch';
    const present = this.rooms.get(`${room}#${epoch}`);
    return present ? [...new Set([...present.participants.values()].map(({ userId }) => userId))] : 'room unknown';
  }

  list(): SfuRoom[] {
    return [...this.rooms.values()].map(({ name, epoch }) => ({ node: this.name, room: name, epoch }));
  }

  get load(): number {
    return [...this.rooms.values()].reduce((sum, { participants }) => sum + participants.size, 0);
  }

  private expel(participant: Participant): void {
    participant.line.closeFar();
    this.remove(participant);
  }

  private drop(room: Room): void {
    if (room.state === 'gone') return;
    room.state = 'gone';
    this.rooms.delete(`${room.name}#${room.epoch}`);
    for (const done of room.waiting.splice(0)) done('dropped');
    for (const participant of [...room.participants.values()]) this.expel(participant);
  }
}

/** A backend's way to the nodes. */
export class Control implements SfuControl {
  private readonly lanes = new Map<string, { readonly there: Lane; readonly back: Lane }>();

  constructor(
    private readonly of: Process,
    private readonly nodes: ReadonlyMap<string, Node>,
  ) {}

  async startRoom(room: SfuRoom): Promise<void> {
    await this.ask(room.node, 'start', (node, done) => node.start(room, (error) => done(error, null)));
  }

  async stopRoom(room: SfuRoom): Promise<void> {
    await this.ask(room.node, 'stop', (node, done) => {
      node.stop(room);
      done(null, null);
    });
  }

  participants(room: SfuRoom): Promise<string[]> {
    return this.ask(room.node, 'participants', (node, done) => {
      const answer = node.participants(room);
      if (typeof answer === 'string') done(answer, []);
      else done(null, answer);
    });
  }

  listRooms(name: string): Promise<SfuRoom[]> {
    return this.ask(name, 'list', (node, done) => done(null, node.list()));
  }

  health(name: string): Promise<{ participants: number; process: string }> {
    return this.ask(name, 'health', (node, done) =>
      done(null, { participants: node.load, process: `${name}.${node.process.life}` }),
    );
  }

  private ask<T>(
    name: string,
    label: string,
    obey: (node: Node, done: (error: string | null, value: T) => void) => void,
  ): Promise<T> {
    const node = this.nodes.get(name);
    if (!node) return Promise.reject(new Error(`there is no SFU node ${name}`));
    let lanes = this.lanes.get(name);
    if (!lanes) {
      const { fabric, process } = node;
      lanes = { there: new Lane(fabric, this.of, process), back: new Lane(fabric, process, this.of) };
      this.lanes.set(name, lanes);
    }
    const { there, back } = lanes;
    return new Promise((resolve, reject) => {
      const fail = (error: string) => reject(new Error(error));
      const timer = this.of.timers.after(CONTROL_TIMEOUT_MS, () => fail('timeout'));
      there.send(
        label,
        () => {
          const carryOut = () =>
            obey(node, (error, value) =>
              back.send(label, () => {
                timer.cancel();
                if (error === null) resolve(value);
                else fail(error);
              }),
            );
          if (node.slowMs > 0) node.process.timers.after(node.slowMs, carryOut);
          else carryOut();
        },
        () => back.send('refused', () => fail('refused')),
      );
    });
  }
}
