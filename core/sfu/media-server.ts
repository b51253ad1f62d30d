import type { RtpFields } from '../media/rtp.js';
import {
  defaultMediaServerLimits,
  type MediaServerHealth,
  type MediaServerLimits,
  type MediaServerOptions,
  type MediaServerPorts,
} from './media-server-options.js';
import { MessageRate } from './message-rate.js';
import {
  clientMessage,
  type SfuClientMessageOf as Message,
  namesOf,
  parseText,
  type SfuClientMessage,
  type SfuServerMessage,
} from './protocol.js';
import { Router } from './router.js';
import type { LeaveReason, RouterEvent } from './router-events.js';
import type { Seat, ServerConnection, ServerRoom } from './seat.js';
import { SeatRequests } from './seat-requests.js';
import { SfuRefusal, type SfuRefusalCode } from './sfu-refusal.js';

/** Refusals that may be worth trying again, and when. Unit: ms. */
const RETRY_MS: Partial<Readonly<Record<SfuRefusalCode, number>>> = {
  'rate-limited': 1_000,
  unavailable: 5_000,
  'room-full': 10_000,
  'server-full': 10_000,
  'audio-only': 30_000,
  failed: 1_000,
};

/**
 * The media server: calls with one router each, and what their clients ask for (D2, B2), validated, authenticated and limited (B9, D5). Whatever a client
 * says is answered, carried out or refused with a code; a room goes on whatever one of its members does. A full server refuses what
 * is new and keeps what it has (B8, D7).
 *
 * Deployable: it has no sockets and no timers. The host calls {@link open}, {@link receive} and {@link closed} for client connections, {@link sweep}
 * every second or so, and hands media to the routers of {@link router}. Times are in ms of one clock of the host.
 */
export class MediaServer<Packet extends RtpFields = RtpFields> {
  protected readonly limits: MediaServerLimits;
  protected readonly connections = new Map<string, ServerConnection>();
  protected readonly rooms = new Map<string, ServerRoom<Packet>>();
  protected readonly requests: SeatRequests<Packet>;
  protected opened = 0;
  protected audioOnly = false;

  constructor(
    protected readonly ports: MediaServerPorts<Packet>,
    protected readonly options: MediaServerOptions = {},
  ) {
    this.limits = { ...defaultMediaServerLimits, ...options.limits };
    this.requests = new SeatRequests(ports, this.limits, () => this.audioOnly);
  }

  /** The media of a room; undefined when there is no such room. */
  router(room: string): Router<Packet> | undefined {
    return this.rooms.get(room)?.router;
  }

  /** A client has connected. False: there are too many; the host closes it. */
  open(connectionId: string, atMs: number): boolean {
    if (this.connections.has(connectionId)) return true;
    if (this.connections.size >= this.limits.connections) {
      this.connectionError('server-full');
      return false;
    }
    const rate = new MessageRate(this.limits.messagesPerSecond, 1_000);
    const ordinal = ++this.opened;
    this.connections.set(connectionId, {
      id: connectionId,
      ordinal,
      openedMs: atMs,
      heardMs: atMs,
      rate,
      seats: new Map(),
    });
    return true;
  }

  /** A client's connection is gone; the sessions that it speaks for leave. One that was replaced meanwhile takes nobody along. */
  closed(connectionId: string, atMs: number): void {
    const connection = this.connections.get(connectionId);
    if (connection === undefined) return;
    if (connection.seats.size > 0) this.connectionError('connection-lost');
    this.drop(connection, 'connection-lost', atMs);
  }

  /** A client has sent something: JSON text, or what it stands for. Never throws. */
  receive(connectionId: string, raw: unknown, atMs: number): void {
    const connection = this.connections.get(connectionId);
    if (connection === undefined) return;
    let value: unknown = null;
    try {
      if (!connection.rate.allow(atMs)) {
        throw new SfuRefusal('rate-limited', `at most ${this.limits.messagesPerSecond} messages a second`);
      }
      connection.heardMs = atMs;
      for (const seat of connection.seats.values()) seat.room.router.heard(seat.sessionId, atMs);
      value = typeof raw === 'string' ? parseText(raw) : raw;
      const message = clientMessage(value);
      const answer = this.handle(connection, message, atMs);
      this.ports.metrics.count('voice_sfu_requests_total', { type: message.type, outcome: 'done' });
      if (answer !== null) this.ports.send(connectionId, answer);
    } catch (error) {
      this.refuse(connection, value, error);
    }
  }

  /** Once a second or so: who and what is stale goes, and the server looks at its own load. */
  sweep(atMs: number): void {
    this.lookAtLoad();
    const { staleAfterMs } = this.limits;
    for (const room of [...this.rooms.values()]) {
      for (const sessionId of room.router.sweep(atMs, staleAfterMs)) {
        const seat = room.seats.get(sessionId);
        if (seat === undefined) continue;
        this.connectionError('stale');
        this.unseat(seat, 'stale', atMs);
      }
      if (room.seats.size === 0 && atMs - room.emptySinceMs >= staleAfterMs) this.closeRoom(room.id, atMs);
    }
    for (const connection of [...this.connections.values()]) {
      if (connection.seats.size > 0 || atMs - connection.heardMs < staleAfterMs) continue;
      this.drop(connection, 'stale', atMs);
      this.ports.close(connection.id, 'stale');
    }
  }

  /** Ends a call; everybody is told. */
  closeRoom(roomId: string, atMs: number): void {
    const room = this.rooms.get(roomId);
    if (room === undefined) return;
    for (const seat of [...room.seats.values()]) this.unseat(seat, 'room-closed', atMs);
    room.router.closeRoom();
    this.rooms.delete(roomId);
  }

  /** Tells a member what its uplink is thought to carry (B2). */
  uplinkEstimated(roomId: string, sessionId: string, availableKbps: number): void {
    const seat = this.rooms.get(roomId)?.seats.get(sessionId);
    if (seat === undefined) return;
    this.ports.send(seat.connection.id, { type: 'bandwidth-update', room: roomId, availableKbps });
  }

  health(atMs: number): MediaServerHealth {
    const { cpuShare, memoryShare } = this.ports.resources();
    let [members, publishers, consumers] = [0, 0, 0];
    for (const { router } of this.rooms.values()) {
      members += router.members.size;
      publishers += router.publishers.size;
      consumers += router.consumers.size;
    }
    const room = [...this.rooms.values()].some(({ seats }) => seats.size < this.limits.membersPerRoom);
    const full = this.outOfMemory() || (!room && this.rooms.size >= this.limits.rooms);
    return {
      status: full ? 'full' : this.audioOnly ? 'audio-only' : 'ok',
      rooms: this.rooms.size,
      members,
      publishers,
      consumers,
      connections: this.connections.size,
      cpuShare,
      memoryShare,
      transports: this.requests.transportState(atMs),
    };
  }

  // requests

  protected handle(connection: ServerConnection, message: SfuClientMessage, atMs: number): SfuServerMessage | null {
    switch (message.type) {
      case 'create-room':
        return this.createRoom(message, atMs);
      case 'join':
        return this.join(connection, message, atMs);
      case 'leave': {
        const seat = connection.seats.get(message.room);
        if (seat !== undefined) this.unseat(seat, 'left', atMs);
        return { type: 'left', requestId: message.requestId, room: message.room };
      }
      default: {
        const seat = connection.seats.get(message.room);
        if (seat === undefined) throw new SfuRefusal('not-joined', `join room ${message.room} first`);
        return this.requests.handle(seat, message, atMs);
      }
    }
  }

  protected createRoom({ requestId, room, userId, token }: Message<'create-room'>, atMs: number): SfuServerMessage {
    this.authenticate(token, { room, userId, sessionId: null });
    if (!this.rooms.has(room)) {
      if (this.rooms.size >= this.limits.rooms || this.outOfMemory()) {
        throw new SfuRefusal('server-full', 'this server takes no more rooms');
      }
      this.rooms.set(room, { id: room, router: this.newRouter(room), seats: new Map(), emptySinceMs: atMs });
    }
    return { type: 'room-created', requestId, room };
  }

  protected join(connection: ServerConnection, message: Message<'join'>, atMs: number): SfuServerMessage {
    const { requestId, userId, sessionId } = message;
    this.authenticate(message.token, { room: message.room, userId, sessionId });
    const room = this.rooms.get(message.room);
    if (room === undefined) throw new SfuRefusal('unknown-room', `there is no room ${message.room}: create it`);
    let seat = room.seats.get(sessionId);
    if (seat === undefined) {
      if (connection.seats.has(room.id)) throw new SfuRefusal('invalid', 'one connection is one session in a room');
      this.checkSpace(room, userId);
      seat = { room, sessionId, userId, name: message.name ?? null, connection, transports: new Map(), offered: null };
      room.router.join(sessionId, userId, atMs, true);
      room.seats.set(sessionId, seat);
    } else {
      this.takeOver(seat, connection, userId);
      room.router.heard(sessionId, atMs);
    }
    connection.seats.set(room.id, seat);
    const member = room.router.members.get(sessionId);
    return {
      type: 'joined',
      requestId,
      room: room.id,
      members: [...room.seats.values()]
        .filter((each) => each !== seat)
        .map((each) => ({ sessionId: each.sessionId, userId: each.userId, name: each.name })),
      tracks: [...(member?.consumers.values() ?? [])].map(({ id, publisher }) => ({
        publisherId: publisher.id,
        consumerId: id,
        sessionId: publisher.sessionId,
        userId: publisher.userId,
        kind: publisher.kind,
      })),
      published: [...(member?.publishers.keys() ?? [])],
      audioOnly: this.audioOnly,
      codec: { name: 'opus', clockRate: 48_000, layers: ['h', 'm', 'l'] },
    };
  }

  /** A session that is in already goes on over another connection. */
  protected takeOver(seat: Seat, connection: ServerConnection, userId: string): void {
    const { connection: before, room } = seat;
    if (seat.userId !== userId) throw new SfuRefusal('unauthorized', 'this session is of another user');
    if (before === connection) return;
    if (before.ordinal > connection.ordinal) throw new SfuRefusal('gone', 'a later connection speaks for this session');
    if (connection.seats.has(room.id)) throw new SfuRefusal('invalid', 'one connection is one session in a room');
    before.seats.delete(room.id);
    this.ports.send(before.id, { type: 'removed', room: room.id, reason: 'replaced' });
    seat.connection = connection;
  }

  protected checkSpace(room: ServerRoom<Packet>, userId: string): void {
    const { membersPerRoom, roomsPerUser } = this.limits;
    if (room.seats.size >= membersPerRoom)
      throw new SfuRefusal('room-full', `a room has at most ${membersPerRoom} members`);
    if (this.outOfMemory()) throw new SfuRefusal('server-full', 'this server has no memory left');
    const others = [...this.rooms.values()].filter(
      (each) => each !== room && [...each.seats.values()].some((seat) => seat.userId === userId),
    );
    if (others.length >= roomsPerUser) {
      throw new SfuRefusal('too-many-rooms', `a user is in at most ${roomsPerUser} rooms`);
    }
  }

  protected authenticate(token: string, claim: { room: string; userId: string; sessionId: string | null }): void {
    if (!this.ports.authenticate(token, claim)) throw new SfuRefusal('unauthorized', 'the token is not good for this');
  }

  // machinery

  protected newRouter(room: string): Router<Packet> {
    const { forward, random, metrics } = this.ports;
    const RoomRouter = this.options.Router ?? Router;
    const router = new RoomRouter<Packet>(
      room,
      {
        send: (consumer, out, packet, layer) => forward(room, consumer, out, packet, layer),
        tell: (sessionId, event) => this.tell(room, sessionId, event),
        random,
        metrics,
      },
      this.options.router,
    );
    router.setAudioOnly(this.audioOnly);
    return router;
  }

  protected tell(room: string, sessionId: string, event: RouterEvent): void {
    const seat = this.rooms.get(room)?.seats.get(sessionId);
    if (seat !== undefined) this.ports.send(seat.connection.id, { ...event, room });
  }

  /** A session leaves a room; so does the room when it was the last. */
  protected unseat(seat: Seat, reason: LeaveReason, atMs: number): void {
    const { room, sessionId, connection } = seat;
    if (!room.seats.delete(sessionId)) return;
    connection.seats.delete(room.id);
    room.router.leave(sessionId, reason);
    this.requests.closeTransports(seat);
    if (reason === 'stale' || reason === 'room-closed') {
      this.ports.send(connection.id, { type: 'removed', room: room.id, reason });
    }
    room.emptySinceMs = atMs;
    if (room.seats.size === 0 && reason !== 'room-closed') this.closeRoom(room.id, atMs);
  }

  protected drop(connection: ServerConnection, reason: LeaveReason, atMs: number): void {
    this.connections.delete(connection.id);
    for (const seat of [...connection.seats.values()]) this.unseat(seat, reason, atMs);
    this.ports.metrics.observe('voice_sfu_connection_duration_ms', atMs - connection.openedMs);
  }

  protected outOfMemory(): boolean {
    return this.ports.resources().memoryShare >= this.limits.memoryFull;
  }

  /** Video goes when load is high, and comes back when it is low. */
  protected lookAtLoad(): void {
    const { cpuShare, memoryShare } = this.ports.resources();
    const load = Math.max(cpuShare, memoryShare);
    const audioOnly = this.audioOnly ? load >= this.limits.calm : load >= this.limits.pressure;
    if (audioOnly === this.audioOnly) return;
    this.audioOnly = audioOnly;
    for (const { router } of this.rooms.values()) router.setAudioOnly(audioOnly);
  }

  protected refuse(connection: ServerConnection, value: unknown, error: unknown): void {
    const refusal = error instanceof SfuRefusal ? error : new SfuRefusal('failed', 'the server has failed');
    if (refusal !== error) this.ports.log.write('error', 'request failed', { error: String(error) });
    const { code, message: reason } = refusal;
    const { type: request, requestId } = namesOf(value);
    this.ports.metrics.count('voice_sfu_requests_total', { type: request ?? 'unreadable', outcome: code });
    if (request === 'join' || request === 'create-room' || code === 'unavailable') this.connectionError(code);
    const retryAfterMs = RETRY_MS[code] ?? null;
    this.ports.send(connection.id, { type: 'refused', requestId, request, code, reason, retryAfterMs });
  }

  protected connectionError(reason: string): void {
    this.ports.metrics.count('voice_sfu_connection_errors_total', { reason });
  }
}
