import { VoiceBackend } from '../../core/backend/voice-backend.js';
import { ModeController } from '../../core/client/mode-controller.js';
import { type ClientPorts, grantKey } from '../../core/client/ports.js';
import type { Policy } from '../../core/policy.js';
import type { RedisClient, RedisSubscriber, SfuControl, SfuRoom, Timers } from '../../core/ports.js';
import type { ClientMessage, Member, ServerMessage } from '../../core/protocol.js';

/** Real clock and timers: the core as it would be deployed. */
const realTimers: Timers = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
let uniqueCounter = 0;
const random = { unique: () => `u${process.pid}.${++uniqueCounter}`, uniform: () => Math.random() };
const clock = { nowMs: () => Date.now() };

/** An SFU that lives in this process. */
export class InProcessSfu implements SfuControl {
  readonly rooms = new Map<string, { room: SfuRoom; users: Set<string> }>();

  startRoom(room: SfuRoom): Promise<void> {
    const key = `${room.node}/${room.room}`;
    const present = this.rooms.get(key);
    if (!present) this.rooms.set(key, { room, users: new Set() });
    else if (present.room.epoch > room.epoch) return Promise.reject(new Error('stale epoch'));
    else present.room = room;
    return Promise.resolve();
  }

  stopRoom(room: SfuRoom): Promise<void> {
    const key = `${room.node}/${room.room}`;
    const present = this.rooms.get(key);
    if (present && present.room.epoch <= room.epoch) this.rooms.delete(key);
    return Promise.resolve();
  }

  participants(room: SfuRoom): Promise<string[]> {
    return Promise.resolve([...(this.rooms.get(`${room.node}/${room.room}`)?.users ?? [])]);
  }

  listRooms(node: string): Promise<SfuRoom[]> {
    return Promise.resolve([...this.rooms.values()].map(({ room }) => room).filter((room) => room.node === node));
  }

  health(): Promise<{ participants: number; process: string }> {
    return Promise.resolve({ participants: 0, process: 'p1' });
  }
}

/** Backends and clients in this process, on the Redis they are given. Messages are delivered on the next turn. */
export class InProcessService {
  readonly sfu = new InProcessSfu();
  readonly measured: { name: string; value: number; labels: Readonly<Record<string, string>> | undefined }[] = [];
  readonly backends: VoiceBackend[] = [];
  private readonly sockets = new Map<string, (message: ServerMessage) => void>();
  private readonly links = new Map<string, ModeController>();

  addBackend(options: {
    redis: RedisClient;
    subscriber: RedisSubscriber;
    policy: Policy;
    instance: string;
  }): VoiceBackend {
    const note = (name: string, value: number, labels?: Readonly<Record<string, string>>) =>
      this.measured.push({ name, value, labels });
    const backend = new VoiceBackend({
      instance: options.instance,
      policy: options.policy,
      sfuNodes: ['sfu-1', 'sfu-2'],
      ports: {
        clock,
        timers: realTimers,
        random,
        redis: options.redis,
        subscriber: options.subscriber,
        sfu: this.sfu,
        gateway: {
          send: (connection, message) =>
            setImmediate(() => this.sockets.get(connection)?.(JSON.parse(JSON.stringify(message)) as ServerMessage)),
          close: (connection) => this.sockets.delete(connection),
        },
        metrics: {
          count: (name, labels, by = 1) => note(name, by, labels),
          observe: (name, value, labels) => note(name, value, labels),
        },
        log: { write: (level, message, detail) => process.env.DEBUG_LOG && console.log(level, message, detail) },
        tokens: { issue: (userId, room) => `${userId}@${room.room}` },
      },
    });
    this.backends.push(backend);
    backend.start();
    return backend;
  }

  addClient(userId: string, backend: VoiceBackend): ModeController {
    const sessionId = `s${userId}`;
    const connection = random.unique();
    const opened = new Set<string>();
    const ports: ClientPorts = {
      clock,
      timers: realTimers,
      random,
      send: (message: ClientMessage) => {
        setImmediate(() => backend.onMessage(connection, JSON.parse(JSON.stringify(message))));
        return true;
      },
      peers: {
        open: (peer: Member) => {
          opened.add(peer.userId);
          this.links.set(`${userId}-${peer.userId}`, controller);
          const other = this.links.get(`${peer.userId}-${userId}`);
          if (other) {
            setImmediate(() => controller.onPeerUp(peer));
            setImmediate(() => other.onPeerUp({ userId, sessionId }));
          }
        },
        close: (peer: Member) => {
          this.links.delete(`${userId}-${peer.userId}`);
          this.links.get(`${peer.userId}-${userId}`)?.onPeerDown({ userId, sessionId });
        },
      },
      sfu: {
        connect: (grant) => {
          setImmediate(() => {
            const room = this.sfu.rooms.get(`${grant.node}/${grant.room}`);
            room?.users.add(userId);
            if (room) controller.onSfuUp(grantKey(grant));
            else controller.onSfuDown(grantKey(grant));
          });
        },
        close: (grant) => this.sfu.rooms.get(`${grant.node}/${grant.room}`)?.users.delete(userId),
        health: () => ({ uplink: true, downlink: true }),
      },
      listener: {
        onChange() {},
        onJoined() {},
        onQueued() {},
        onRefused() {},
        onRemoved() {},
        onView() {},
        onDegraded() {},
      },
    };
    const controller = new ModeController({ userId, sessionId, ports, policy: { overlapMs: 200, fadeMs: 50 } });
    this.sockets.set(connection, (message) => controller.onMessage(message));
    controller.onOnline();
    return controller;
  }

  stop(): void {
    for (const backend of this.backends) backend.stop();
  }
}
