import type { LayerName } from '../media/layers.js';
import type { RtpFields } from '../media/rtp.js';
import type { Log, Metrics, Randomness } from '../ports.js';
import type { CircuitBreakerOptions } from './circuit-breaker.js';
import type { Consumer } from './consumer.js';
import type { SfuClientMessageOf, SfuServerMessage } from './protocol.js';
import type { Encoding } from './publisher.js';
import type { Router, RouterOptions } from './router.js';

/** What a token must be good for. `sessionId` is null when a room is created. */
export interface SfuClaim {
  readonly room: string;
  readonly userId: string;
  readonly sessionId: string | null;
}

/** One of the two transports of a session. */
export interface TransportKey {
  readonly room: string;
  readonly sessionId: string;
  readonly transportId: string;
}

/** ICE and DTLS. May throw: then the client is refused with `unavailable`, and after some times in a row the breaker opens. */
export interface SfuTransports {
  /** Returns what the client needs to know of the server's end. */
  create(key: TransportKey, direction: 'send' | 'receive'): Readonly<Record<string, unknown>>;
  connect(key: TransportKey, dtls: SfuClientMessageOf<'connect-transport'>['dtls']): void;
  close(key: TransportKey): void;
}

/** Offers and answers (B2), on a peer connection of each session. What it throws about a client's SDP refuses that message as `invalid`. */
export interface SfuNegotiation {
  /** Answers a publisher's offer; the encodings are those that were agreed on. */
  answerPublish(
    room: string,
    sessionId: string,
    sdp: string,
  ): { readonly sdp: string; readonly encodings: readonly Encoding[] };
  offerConsume(room: string, consumer: Consumer): string;
  acceptConsume(room: string, consumer: Consumer, sdp: string): void;
  /** `consumer`: null for the publishing side. */
  addCandidate(room: string, sessionId: string, consumer: Consumer | null, candidate: string): void;
}

/** What the server's machine says of itself. Shares, 0..1. */
export interface ServerResources {
  readonly cpuShare: number;
  readonly memoryShare: number;
}

/** How a {@link MediaServer} meets the world. */
export interface MediaServerPorts<Packet extends RtpFields> {
  /** Sends a message to a client. A connection that is gone swallows it. */
  send(connectionId: string, message: SfuServerMessage): void;
  /** Closes a connection from the server's side; `closed` need not be called for it. */
  close(connectionId: string, reason: string): void;
  /** See `RouterPorts.send`. */
  forward(room: string, consumer: Consumer, out: RtpFields, packet: Packet, layer: LayerName): void;
  /** Whether a token is good for this. */
  authenticate(token: string, claim: SfuClaim): boolean;
  resources(): ServerResources;
  readonly transports: SfuTransports;
  readonly negotiation: SfuNegotiation;
  readonly random: Randomness;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Limits of a media server. */
export interface MediaServerLimits {
  /** Calls at once (D5). */
  readonly rooms: number;
  /** Sessions in a call (D5). */
  readonly membersPerRoom: number;
  /** Rooms that one user is in at once (B9). */
  readonly roomsPerUser: number;
  /** Tracks that one session sends. */
  readonly publishersPerSession: number;
  readonly connections: number;
  /** Messages of one connection in any window of 1 000 ms (B9). */
  readonly messagesPerSecond: number;
  /** Nothing new is taken in above this share of the memory; what is there stays (B8, D7). */
  readonly memoryFull: number;
  /** Above this share of CPU or memory there is no video (D7), until both are below `calm` again. */
  readonly pressure: number;
  readonly calm: number;
  /** Clients of whom nothing has come for so long, and rooms in which nobody is, are removed (RFC 7675: 30 s). Unit: ms. */
  readonly staleAfterMs: number;
  readonly breaker: CircuitBreakerOptions;
}

export const defaultMediaServerLimits: MediaServerLimits = {
  rooms: 10,
  membersPerRoom: 50,
  roomsPerUser: 5,
  publishersPerSession: 4,
  connections: 1_000,
  messagesPerSecond: 100,
  memoryFull: 0.9,
  pressure: 0.8,
  calm: 0.7,
  staleAfterMs: 30_000,
  breaker: { failures: 5, openMs: 10_000 },
};

export interface MediaServerOptions {
  readonly limits?: Partial<MediaServerLimits>;
  readonly router?: RouterOptions;
  /** In place of the router of a room. */
  readonly Router?: typeof Router;
}

/** How a media server is (B8, B13). */
export interface MediaServerHealth {
  /** `full`: takes no new members or rooms. `audio-only`: takes no video. */
  readonly status: 'ok' | 'audio-only' | 'full';
  readonly rooms: number;
  readonly members: number;
  readonly publishers: number;
  readonly consumers: number;
  readonly connections: number;
  readonly cpuShare: number;
  readonly memoryShare: number;
  /** Of the breaker in front of the transports. */
  readonly transports: 'closed' | 'open' | 'half-open';
}
