import { MediaServer } from '../../../core/sfu/media-server.js';
import type { MediaServerOptions, ServerResources, SfuNegotiation } from '../../../core/sfu/media-server-options.js';
import { type SfuServerMessage, sfuServerMessage } from '../../../core/sfu/protocol.js';
import { CountedMetrics, countingRandomness } from './room.js';

/** Offers are `offer <ssrc>`, answers begin with `answer`. */
const plainNegotiation: SfuNegotiation = {
  answerPublish: (_room, sessionId, sdp) => {
    const ssrc = Number(/^offer (\d+)$/.exec(sdp)?.[1]);
    if (Number.isNaN(ssrc)) throw new Error('malformed SDP');
    return { sdp: `answer ${sessionId}`, encodings: [{ layer: 'h', ssrc }] };
  },
  offerConsume: (_room, consumer) => `offer ${consumer.ssrc}`,
  acceptConsume: (_room, _consumer, sdp) => {
    if (!sdp.startsWith('answer')) throw new Error('malformed SDP');
  },
  addCandidate: (_room, _sessionId, _consumer, candidate) => {
    if (candidate === 'bad') throw new Error('malformed candidate');
  },
};

/** A media server with everything around it; each message that it sends is checked against the protocol. */
export class Served {
  readonly sent: [connectionId: string, message: SfuServerMessage][] = [];
  readonly closed: string[] = [];
  readonly forwarded: [room: string, sessionId: string][] = [];
  readonly openTransports = new Set<string>();
  readonly metrics = new CountedMetrics();
  readonly logged: string[] = [];
  resources: ServerResources = { cpuShare: 0.1, memoryShare: 0.1 };
  transportsFail = false;
  readonly server: MediaServer;
  nowMs = 0;
  private requests = 0;

  constructor(options: MediaServerOptions = {}, negotiation: SfuNegotiation = plainNegotiation) {
    this.server = new MediaServer(
      {
        send: (connectionId, message) => this.sent.push([connectionId, sfuServerMessage.parse(message)]),
        close: (connectionId) => this.closed.push(connectionId),
        forward: (room, consumer) => this.forwarded.push([room, consumer.sessionId]),
        authenticate: (token, { room, userId }) => token === `${room}/${userId}`,
        resources: () => this.resources,
        transports: {
          create: ({ transportId }, direction) => {
            if (this.transportsFail) throw new Error('no ports left');
            this.openTransports.add(transportId);
            return { ice: { ufrag: direction } };
          },
          connect: () => {},
          close: ({ transportId }) => this.openTransports.delete(transportId),
        },
        negotiation,
        random: countingRandomness(),
        metrics: this.metrics,
        log: { write: (level, message) => this.logged.push(`${level} ${message}`) },
      },
      options,
    );
  }

  /** Says something and returns the last answer to it; null when there is none. */
  say(connectionId: string, message: unknown): SfuServerMessage | null {
    const before = this.sent.length;
    this.server.receive(connectionId, message, this.nowMs);
    const answers = this.sent.slice(before).filter(([to]) => to === connectionId);
    return answers.at(-1)?.[1] ?? null;
  }

  /** A request in a room; `answer` names the fields that the caller knows. */
  ask(connectionId: string, type: string, rest: Record<string, unknown> = {}, room = 'call'): Record<string, unknown> {
    const requestId = `r${++this.requests}`;
    return this.say(connectionId, { type, requestId, room, ...rest }) as Record<string, unknown>;
  }

  /** Opens connection `c-<user>` and joins a room as session `s-<user>`. */
  enter(user: number, room = 'call'): string {
    const connectionId = `c-${user}`;
    this.server.open(connectionId, this.nowMs);
    this.createRoom(connectionId, user, room);
    this.join(connectionId, user, room);
    return connectionId;
  }

  createRoom(connectionId: string, user: number, room = 'call'): Record<string, unknown> {
    return this.ask(connectionId, 'create-room', { userId: `${user}`, token: `${room}/${user}` }, room);
  }

  join(connectionId: string, user: number, room = 'call', sessionId = `s-${user}`): Record<string, unknown> {
    return this.ask(connectionId, 'join', { userId: `${user}`, sessionId, token: `${room}/${user}` }, room);
  }

  /** Creates and connects a transport; returns its id. */
  transport(connectionId: string, direction: 'send' | 'receive'): string {
    const { transportId } = this.ask(connectionId, 'create-transport', { direction });
    this.ask(connectionId, 'connect-transport', { transportId, dtls });
    return transportId as string;
  }

  /** Publishes a voice; returns its id. */
  produce(connectionId: string, ssrc = 7): string {
    const transportId = this.transport(connectionId, 'send');
    const answer = this.ask(connectionId, 'produce', { transportId, kind: 'audio', encodings: [{ layer: 'h', ssrc }] });
    return answer.publisherId as string;
  }

  /** Types of what a connection was sent, in order. */
  types(connectionId: string): string[] {
    return this.sent.filter(([to]) => to === connectionId).map(([, { type }]) => type);
  }

  /** A packet from a session of a room. */
  rtp(sessionId: string, ssrc: number, sequenceNumber = 1, room = 'call'): void {
    const packet = { payloadType: 111, sequenceNumber, timestamp: sequenceNumber * 960, ssrc, marker: false };
    this.server.router(room)?.onRtp(sessionId, packet, this.nowMs);
  }
}

export const dtls = { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: '0A:1B:2C' }] };
