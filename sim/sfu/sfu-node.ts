import type { SfuHealthReport } from '../../core/ports.js';
import { Host } from '../hosts/index.js';
import type { ChoiceStream, Simulation } from '../kernel/index.js';
import type { Connection, Network } from '../net/index.js';
import type { NodeMachine } from './capacity/index.js';
import type { SfuDoor } from './sfu-door.js';
import {
  SFU_CONTROL_SERVICE,
  SFU_SERVICE,
  type SfuClientMessage,
  type SfuRefusal,
  type SfuRequest,
  type SfuResponse,
  type SfuServerMessage,
} from './sfu-messages.js';
import type { SfuNodeFaults, SfuNodeOptions } from './sfu-node-options.js';
import type { SfuObserver } from './sfu-observer.js';
import { SfuParticipant } from './sfu-participant.js';
import { SfuRoomState } from './sfu-room.js';
import { checkSfuToken } from './sfu-token.js';

interface LateCall {
  readonly request: SfuRequest;
  readonly from: Connection;
  readonly dueUs: number;
}

/**
 * An SFU node: rooms with ownership epochs. A call with an epoch below the highest seen for the room's name is rejected. A
 * start with a higher epoch makes a new room beside the old one, which takes no new clients and vanishes with its last one. A
 * crash loses everything.
 */
export class SfuNode {
  readonly host: Host;
  readonly faults: SfuNodeFaults = {
    refusals: 0,
    slowMs: 0,
    startFailShare: 0,
    joinFailShare: 0,
    memoryFull: false,
    hang: false,
  };
  private readonly stream: ChoiceStream;
  private readonly observers: readonly SfuObserver[];
  /** `name#epoch` -> room */
  private rooms = new Map<string, SfuRoomState>();
  /** name -> highest epoch seen */
  private fences = new Map<string, number>();
  private inside = 0;
  /** What it runs on; null: nobody looks at that. */
  readonly machine: NodeMachine | null;
  private door: SfuDoor | null = null;
  /** Calls of a slow node that are still to be carried out, in order. */
  private late: LateCall[] = [];

  constructor(
    private readonly sim: Simulation,
    private readonly network: Network,
    private readonly options: SfuNodeOptions,
  ) {
    this.stream = sim.choices.stream(`sfu/${options.name}`);
    this.machine = options.machine ?? null;
    this.observers = options.observers ?? [];
    this.host = new Host(sim, {
      id: options.name,
      kind: 'sfu',
      ...(options.clock === undefined ? {} : { clock: options.clock }),
      boot: () => this.boot(),
    });
    this.host.onDown(() => this.lose());
    this.host.onPause(() => this.tellClients());
    this.host.onResume(() => this.tellClients());
  }

  get name(): string {
    return this.options.name;
  }

  /** Clients connected in both directions, in all rooms. */
  get participantCount(): number {
    return this.inside;
  }

  /** Rooms that run, for oracles. */
  runningRooms(): SfuRoomState[] {
    return [...this.rooms.values()].filter((room) => room.state === 'running');
  }

  /** True when one more participant would be too many. */
  get full(): boolean {
    if (this.faults.memoryFull) return true;
    return this.countOn(this.machine)?.full ?? this.inside >= (this.options.capacity ?? 300);
  }

  /** Takes no new room. */
  get closed(): boolean {
    return this.full || this.machine?.draining === true || this.countOn(this.machine)?.closed === true;
  }

  /** Tells the machine how many are there. */
  private countOn(machine: NodeMachine | null): NodeMachine | null {
    if (machine === null) return null;
    machine.participants = this.inside;
    machine.rooms = this.rooms.size;
    return machine;
  }

  /** An interval is over: the machine looks at what it had to do. @param queued see {@link NodeMachine.endInterval} */
  endInterval(machine: NodeMachine, fromUs: number, untilUs: number, queued: boolean): void {
    this.countOn(machine)?.endInterval(fromUs, untilUs, queued);
  }

  private boot(): void {
    this.rooms = new Map();
    this.fences = new Map();
    this.inside = 0;
    this.machine?.restart();
    this.late = [];
    this.door =
      this.options.door?.(
        this.host,
        () => [...this.rooms.values()].flatMap((room) => [...room.participants.values()]),
        (participant) => this.expel(participant, 'revoked'),
      ) ?? null;
    this.door?.start();
    this.network.listen(this.host, SFU_SERVICE, (connection) => this.accept(connection));
    this.network.listen(this.host, SFU_CONTROL_SERVICE, (connection) => {
      connection.handlers = { onMessage: (message, from) => this.hear(message as SfuRequest, from) };
    });
  }

  // clients

  private accept(connection: Connection): void {
    let participant: SfuParticipant | null = null;
    connection.handlers = {
      onMessage: (raw) => {
        if (this.faults.hang) return;
        const message = raw as SfuClientMessage;
        if (message.type === 'join') {
          if (this.door === null) participant = this.admit(message, connection);
          else
            void this.ask(this.door, message, connection).then((admitted) => {
              participant = admitted;
            });
          this.sim.wake();
        } else if (participant !== null) this.attach(participant);
      },
      onClose: (reason) => {
        if (participant !== null) this.remove(participant, reason);
      },
    };
  }

  /** Lets somebody in whose token is good. The process that has asked may be gone by then, and so may the client. */
  private async ask(
    door: SfuDoor,
    message: SfuClientMessage & { type: 'join' },
    connection: Connection,
  ): Promise<SfuParticipant | null> {
    const { room, epoch, userId, token } = message;
    const checked = await door.check(token, { node: this.name, room, epoch, userId }, this.host.nowMs());
    if (door !== this.door || !connection.open) return null;
    const participant = this.admit(message, connection, checked);
    if (participant === null || typeof checked !== 'number') return null;
    participant.stamp = checked;
    return participant;
  }

  private admit(
    message: SfuClientMessage & { type: 'join' },
    connection: Connection,
    checked?: number | 'bad-token' | 'unavailable',
  ): SfuParticipant | null {
    const refusal = this.refusalOf(message, checked);
    if (refusal !== null) {
      if (refusal === 'full' && this.machine !== null) this.machine.refusals++;
      this.sim.trace.record(this.host.id, 'sfu.refuse', message.sessionId, refusal);
      for (const observer of this.observers) observer.refused?.(this.name, refusal);
      this.tell(connection, { type: 'refused', reason: refusal });
      connection.close('refused');
      return null;
    }
    const room = this.rooms.get(roomKey(message.room, message.epoch)) as SfuRoomState;
    // by session: an old tab that has not heard yet that it was replaced must not throw the new one out, nor the other way round
    const before = room.participants.get(message.sessionId);
    if (before !== undefined && before.connection.id > connection.id) {
      // the late join of an attempt that its client has given up: a newer one is in
      connection.close('superseded');
      return null;
    }
    if (before !== undefined) this.expel(before, 'replaced');
    const participant = new SfuParticipant(room, message.userId, message.sessionId, connection);
    const onSilence = (silent: boolean) => this.silence(participant, silent);
    participant.onSilence = onSilence;
    room.participants.set(message.sessionId, participant);
    this.tell(connection, { type: 'joined' });
    return participant;
  }

  /** @param checked what the door says, where there is one */
  private refusalOf(
    message: SfuClientMessage & { type: 'join' },
    checked: number | 'bad-token' | 'unavailable' | undefined,
  ): SfuRefusal | null {
    const { room, epoch, userId, token } = message;
    if (typeof checked === 'string') return checked;
    const check = this.options.checkToken ?? checkSfuToken;
    if (checked === undefined && !check(token, { node: this.name, room, epoch, userId })) return 'bad-token';
    if (this.faults.refusals > 0) return 'refused';
    const fence = this.fences.get(room);
    if (fence === undefined) return 'room-unknown';
    if (epoch !== fence) return 'wrong-epoch';
    if (this.rooms.get(roomKey(room, epoch))?.state !== 'running') return 'room-unknown';
    if (this.full) return 'full';
    if (this.fails(this.faults.joinFailShare)) return 'refused';
    return null;
  }

  private attach(participant: SfuParticipant): void {
    if (participant.removed || participant.attached) return;
    participant.attached = true;
    this.inside++;
    const { room, userId, sessionId } = participant;
    this.sim.trace.record(this.host.id, 'sfu.in', sessionId);
    for (const observer of this.observers)
      observer.participantIn(this.name, room.name, room.epoch, userId, sessionId, this.sim.nowUs);
    this.tell(participant.connection, { type: 'connected', participant });
  }

  /** Removes a participant from the node's side. */
  private expel(participant: SfuParticipant, reason: string): void {
    const { connection } = participant;
    if (connection.open) {
      this.tell(connection, { type: 'removed', reason });
      connection.close(reason);
    }
    this.remove(participant, reason);
  }

  private remove(participant: SfuParticipant, reason: string): void {
    if (participant.removed) return;
    participant.removed = true;
    const { room, userId, sessionId, staleTimer } = participant;
    if (staleTimer !== null) this.host.cancelTimer(staleTimer);
    if (room.participants.get(sessionId) === participant) room.participants.delete(sessionId);
    if (participant.attached) {
      participant.attached = false;
      this.inside--;
      this.sim.trace.record(this.host.id, 'sfu.out', sessionId, reason);
      for (const observer of this.observers)
        observer.participantOut(this.name, room.name, room.epoch, userId, sessionId, reason, this.sim.nowUs);
      participant.onChange?.();
    }
    if (room.participants.size === 0 && room.state === 'running' && room.epoch < (this.fences.get(room.name) ?? 0)) {
      this.drop(room, 'superseded');
    }
  }

  /** Breaks the connections of a share of those inside. */
  dropSome(share: number): void {
    for (const room of this.runningRooms())
      for (const participant of [...room.participants.values()])
        if (this.fails(share)) this.expel(participant, 'dropped');
  }

  /** A failure of known frequency. Draws nothing while there is none. */
  private fails(share: number): boolean {
    return share > 0 && this.stream.chance(share);
  }

  private silence(participant: SfuParticipant, silent: boolean): void {
    if (participant.removed || this.host.state === 'down') return;
    const timer = participant.staleTimer;
    if (silent && timer === null) {
      participant.staleTimer = this.host.after((this.options.staleAfterMs ?? 30_000) * 1000, this.stale, participant);
    } else if (!silent && timer !== null) {
      this.host.cancelTimer(timer);
      participant.staleTimer = null;
    }
  }

  private readonly stale = (participant: SfuParticipant): void => {
    participant.staleTimer = null;
    this.expel(participant, 'stale');
  };

  private tell(connection: Connection, message: SfuServerMessage): void {
    connection.send(message, 200);
  }

  // backends

  /** A slow node takes its time; what comes after a late call waits for it, also when the node is fast again. */
  private hear(request: SfuRequest, from: Connection): void {
    const { nowUs } = this.sim;
    const dueUs = Math.max(nowUs + this.faults.slowMs * 1000, this.late.at(-1)?.dueUs ?? 0);
    if (dueUs <= nowUs && this.late.length === 0) {
      this.obey(request, from);
      return;
    }
    this.late.push({ request, from, dueUs });
    this.host.after(Math.round(Math.max(0, dueUs - nowUs)), this.obeyNext);
  }

  private readonly obeyNext = (): void => {
    const next = this.late.shift();
    if (next !== undefined) this.obey(next.request, next.from);
  };

  private obey(request: SfuRequest, from: Connection): void {
    if (this.faults.hang) return;
    switch (request.call) {
      case 'start':
        this.start(request.room, request.epoch, (error) => respond(from, request.id, error, null));
        return;
      case 'stop': {
        const fence = this.fences.get(request.room);
        if (fence !== undefined && request.epoch >= fence) this.fences.set(request.room, request.epoch);
        for (const room of [...this.rooms.values()]) {
          if (room.name === request.room && room.epoch <= request.epoch) this.drop(room, 'stopped');
        }
        respond(from, request.id, null, null);
        return;
      }
      case 'participants': {
        if (request.epoch < (this.fences.get(request.room) ?? 0)) {
          respond(from, request.id, 'stale epoch', null);
          return;
        }
        const room = this.rooms.get(roomKey(request.room, request.epoch));
        if (room === undefined) respond(from, request.id, 'room unknown', null);
        else {
          const attached = [...room.participants.values()].filter((each) => each.attached);
          const userIds = [...new Set(attached.map((each) => each.userId))];
          respond(from, request.id, null, userIds);
        }
        return;
      }
      case 'list':
        respond(
          from,
          request.id,
          null,
          [...this.rooms.values()].map((room) => ({ node: this.name, room: room.name, epoch: room.epoch })),
        );
        return;
      case 'health':
        respond(from, request.id, null, {
          participants: this.inside,
          process: `${this.name}.${this.host.incarnation}`,
          ...this.capacity(),
        });
    }
  }

  private start(name: string, epoch: number, done: (error: string | null) => void): void {
    const existing = this.rooms.get(roomKey(name, epoch));
    if (epoch < (this.fences.get(name) ?? 0)) done('stale epoch');
    else if (existing?.state === 'running') done(null);
    else if (existing !== undefined) existing.waiting.push(done);
    else if (this.faults.refusals > 0) done('refused');
    else if (this.closed) {
      if (this.machine !== null) this.machine.refusals++;
      done('full');
    } else if (this.fails(this.faults.startFailShare)) done('failed');
    else this.open(name, epoch, done);
  }

  /** What it says of its load, where it knows. */
  private capacity(): Pick<SfuHealthReport, 'load' | 'state'> {
    const machine = this.countOn(this.machine);
    if (machine === null) return this.closed ? { state: 'full' } : {};
    const { load, draining } = machine;
    return { load, state: draining ? 'draining' : this.closed ? 'full' : 'ok' };
  }

  private open(name: string, epoch: number, done: (error: string | null) => void): void {
    this.fences.set(name, epoch);
    for (const older of [...this.rooms.values()]) {
      if (older.name === name && older.epoch < epoch && older.participants.size === 0) this.drop(older, 'superseded');
    }
    const room = new SfuRoomState(name, epoch);
    room.waiting.push(done);
    this.rooms.set(roomKey(name, epoch), room);
    this.host.after(Math.round(this.startDelayMs() * 1000), this.started, room);
  }

  private readonly started = (room: SfuRoomState): void => {
    if (room.state !== 'starting') return;
    room.state = 'running';
    this.sim.trace.record(this.host.id, 'sfu.room', `${room.name}#${room.epoch}`);
    for (const observer of this.observers) observer.roomStarted(this.name, room.name, room.epoch, this.sim.nowUs);
    for (const done of room.waiting.splice(0)) done(null);
  };

  private startDelayMs(): number {
    const {
      startMinMs = 50,
      startMaxMs = 200,
      slowStartShare = 0,
      slowStartMinMs = 4000,
      slowStartMaxMs = 8000,
    } = this.options;
    if (slowStartShare > 0 && this.stream.chance(slowStartShare))
      return this.stream.between(slowStartMinMs, slowStartMaxMs);
    return this.stream.between(startMinMs, startMaxMs);
  }

  private drop(room: SfuRoomState, reason: string): void {
    if (room.state === 'gone') return;
    const ran = room.state === 'running';
    room.state = 'gone';
    this.rooms.delete(roomKey(room.name, room.epoch));
    for (const done of room.waiting.splice(0)) done(reason);
    for (const participant of [...room.participants.values()]) this.expel(participant, `room ${reason}`);
    if (!ran) return;
    this.sim.trace.record(this.host.id, 'sfu.room-gone', `${room.name}#${room.epoch}`, reason);
    for (const observer of this.observers)
      observer.roomStopped(this.name, room.name, room.epoch, reason, this.sim.nowUs);
  }

  /** The process is gone, and with it every room. Clients learn it from their connections. */
  private lose(): void {
    const rooms = [...this.rooms.values()];
    this.door?.stop();
    this.door = null;
    this.rooms = new Map();
    this.fences = new Map();
    for (const room of rooms) {
      const ran = room.state === 'running';
      room.state = 'gone';
      for (const participant of [...room.participants.values()]) this.remove(participant, 'crash');
      if (ran)
        for (const observer of this.observers)
          observer.roomStopped(this.name, room.name, room.epoch, 'crash', this.sim.nowUs);
    }
    this.inside = 0;
  }

  /** The node has stopped or goes on: everybody inside notices in time. */
  private tellClients(): void {
    for (const room of this.rooms.values()) {
      for (const participant of room.participants.values()) participant.onChange?.();
    }
  }
}

function roomKey(name: string, epoch: number): string {
  return `${name}#${epoch}`;
}

function respond(connection: Connection, id: number, error: string | null, value: unknown): void {
  if (!connection.open) return;
  const response: SfuResponse = { id, error, value };
  connection.send(response, 200);
}
