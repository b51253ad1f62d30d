import type { RtpFields } from '../../../core/media/rtp.js';
import type { Consumer } from '../../../core/sfu/consumer.js';
import type { MediaServer } from '../../../core/sfu/media-server.js';
import {
  defaultMediaServerLimits,
  type MediaServerLimits,
  type ServerResources,
  type SfuClaim,
  type SfuNegotiation,
  type SfuTransports,
} from '../../../core/sfu/media-server-options.js';
import type { SfuClientMessage, SfuServerMessage } from '../../../core/sfu/protocol.js';
import type { Router } from '../../../core/sfu/router.js';
import type { Host } from '../../hosts/index.js';
import type { MediaPacket } from '../../net/index.js';
import type { NodeMachine } from '../../sfu/capacity/index.js';
import type { ForwardingQueue } from './forwarding-core.js';
import type { PlaneParts } from './plane-parts.js';
import type { SfuClientEnd } from './sfu-client-end.js';
import type { SfuRoomMedia } from './sfu-room-media.js';

/** What a node takes in is decided at its door, and by its machine: the server inside refuses nobody whom the door has let in. */
const LIMITS: MediaServerLimits = {
  ...defaultMediaServerLimits,
  rooms: Number.POSITIVE_INFINITY,
  membersPerRoom: Number.POSITIVE_INFINITY,
  roomsPerUser: Number.POSITIVE_INFINITY,
  connections: Number.POSITIVE_INFINITY,
  memoryFull: Number.POSITIVE_INFINITY,
  pressure: Number.POSITIVE_INFINITY,
};

const IDLE: ServerResources = { cpuShare: 0, memoryShare: 0 };

/** A message on its way: JSON text. */
interface Letter {
  readonly connectionId: string;
  readonly text: string;
  readonly toServer: boolean;
}

/** Our clients make use of the nine operations only. */
function unused(): never {
  throw new Error('there is no offer and no answer here');
}

const NO_NEGOTIATION: SfuNegotiation = {
  answerPublish: unused,
  offerConsume: unused,
  acceptConsume: unused,
  addCandidate: unused,
};

/**
 * The media server of one process of a node: the core's {@link MediaServer} with its protocol, as text, and its routers. Signalling takes no time here, and
 * none of it is lost: it goes over the connection on which the client has come in, whose way there and back is part of coming in. Messages arrive in the
 * order in which they were said, each when the one before has been dealt with; a device that sleeps reads them when it wakes.
 */
export class SfuServerMedia {
  readonly server: MediaServer<MediaPacket>;
  private readonly rooms = new Map<string, SfuRoomMedia>();
  /** Connection id -> the client at its other end */
  private readonly clients = new Map<string, SfuClientEnd>();
  private readonly letters: Letter[] = [];
  private delivering = false;
  private connections = 0;
  private roomsOpened = 0;
  private uniques = 0;
  readonly machine: NodeMachine | null;

  constructor(
    readonly parts: PlaneParts,
    readonly node: Host,
    readonly core: ForwardingQueue,
  ) {
    this.machine = parts.machines?.get(node) ?? null;
    const { MediaServer, Router, LayerSelection, Forwarder } = parts.classes;
    const stream = parts.sim.choices.stream(`media/${node.id}`);
    const transports: SfuTransports = {
      create: ({ room, sessionId }, direction) => this.room(room).transportMade(sessionId, direction),
      connect: () => {},
      close: ({ room, sessionId }) => this.room(room).transportClosed(sessionId),
    };
    this.server = new MediaServer<MediaPacket>(
      {
        send: (connectionId, message) => this.answer(connectionId, message),
        close: (connectionId) => this.clients.delete(connectionId),
        forward: (room, consumer, out, packet) => this.forward(room, consumer, out, packet),
        authenticate: (token, claim) => this.knows(token, claim),
        resources: () => IDLE,
        transports,
        negotiation: NO_NEGOTIATION,
        random: { uniform: () => stream.uniform(), unique: () => `${node.id}.${++this.uniques}` },
        metrics: parts.metrics,
        log: { write: () => {} },
      },
      {
        limits: LIMITS,
        router: { extensions: parts.options.codec.extensions, collaborators: { Forwarder, LayerSelection } },
        Router,
      },
    );
  }

  /** A room of the node begins. @returns the name by which it is known here */
  open(room: SfuRoomMedia): string {
    const name = `room-${++this.roomsOpened}`;
    this.rooms.set(name, room);
    return name;
  }

  /** Nobody is in a room any more. */
  close(name: string): void {
    this.rooms.delete(name);
  }

  /** The media of a room; undefined before the first has come in. */
  router(room: string): Router<MediaPacket> | undefined {
    return this.server.router(room);
  }

  /** A client has connected. @returns the name of the connection */
  connect(client: SfuClientEnd): string {
    const connectionId = `connection-${++this.connections}`;
    this.clients.set(connectionId, client);
    this.server.open(connectionId, this.nowMs);
    return connectionId;
  }

  /** The connection is gone. */
  disconnect(connectionId: string): void {
    this.clients.delete(connectionId);
    this.server.closed(connectionId, this.nowMs);
  }

  /** A client says something. */
  say(connectionId: string, message: SfuClientMessage): void {
    this.post({ connectionId, text: JSON.stringify(message), toServer: true });
  }

  private get nowMs(): number {
    return this.parts.sim.nowUs / 1000;
  }

  private answer(connectionId: string, message: SfuServerMessage): void {
    if ('room' in message) this.rooms.get(message.room)?.answered(connectionId, message);
    this.post({ connectionId, text: JSON.stringify(message), toServer: false });
  }

  private post(letter: Letter): void {
    this.letters.push(letter);
    if (this.delivering) return;
    this.delivering = true;
    for (let next = this.letters.shift(); next !== undefined; next = this.letters.shift()) this.deliver(next);
    this.delivering = false;
  }

  private deliver({ connectionId, text, toServer }: Letter): void {
    if (toServer) this.server.receive(connectionId, text, this.nowMs);
    else this.clients.get(connectionId)?.read(text);
  }

  private forward(room: string, consumer: Consumer, out: RtpFields, packet: MediaPacket): void {
    this.rooms.get(room)?.send(consumer, out, packet);
  }

  /** The token was looked at when the session came to the door: here it is the session's name, and good while the node has the session in that room. */
  private knows(token: string, { room, sessionId }: SfuClaim): boolean {
    return (sessionId === null || token === sessionId) && this.rooms.get(room)?.expects(token) === true;
  }

  private room(name: string): SfuRoomMedia {
    const room = this.rooms.get(name);
    if (room === undefined) throw new Error(`no room ${name} on ${this.node.id}`);
    return room;
  }
}
