import type { RtpFields } from '../media/rtp.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { Consumer } from './consumer.js';
import type { MediaServerLimits, MediaServerPorts } from './media-server-options.js';
import type { SfuClientMessageOf as Message, SfuClientMessage, SfuServerMessage } from './protocol.js';
import type { Encoding, TrackKind } from './publisher.js';
import type { Seat, SeatTransport } from './seat.js';
import { SfuRefusal } from './sfu-refusal.js';

/** What a session that is in a room may say about its own media there. */
export type SeatMessage = Exclude<SfuClientMessage, { type: 'create-room' | 'join' | 'leave' }>;

/** Carries out what sessions ask for in the rooms they are in: transports, tracks, signalling (D2, B2). What cannot be done throws {@link SfuRefusal}. */
export class SeatRequests<Packet extends RtpFields> {
  protected readonly breaker: CircuitBreaker;

  constructor(
    protected readonly ports: MediaServerPorts<Packet>,
    protected readonly limits: MediaServerLimits,
    /** The server takes no video. */
    protected readonly audioOnly: () => boolean,
  ) {
    this.breaker = new CircuitBreaker(limits.breaker);
  }

  /** Of the breaker in front of the transports. */
  transportState(atMs: number): 'closed' | 'open' | 'half-open' {
    return this.breaker.state(atMs);
  }

  /** Carries out one message; returns the answer, or null when there is nothing to say. */
  handle(seat: Seat, message: SeatMessage, atMs: number): SfuServerMessage | null {
    switch (message.type) {
      case 'create-transport':
        return this.createTransport(seat, message, atMs);
      case 'connect-transport':
        return this.connectTransport(seat, message, atMs);
      case 'produce':
        return this.produce(seat, message, atMs);
      case 'consume':
        return this.consume(seat, message);
      case 'resume':
        return this.resume(seat, message);
      case 'close-producer':
        return this.closeProducer(seat, message);
      case 'publish-offer':
        return this.publishOffer(seat, message, atMs);
      case 'subscribe':
        return this.subscribe(seat, message);
      case 'consume-answer':
        return this.consumeAnswer(seat, message);
      case 'publish-candidate':
        return this.candidate(seat, null, message.candidate);
      case 'consume-candidate':
        return this.candidate(seat, this.consumer(seat, message.consumerId), message.candidate);
      case 'quality-update':
        return this.quality(seat, message);
      case 'bandwidth-update': {
        const { availableKbps, lossShare } = message;
        seat.room.router.onDownlink(seat.sessionId, { atMs, availableKbps, lossShare });
        return null;
      }
    }
  }

  /** The session is leaving: its transports are closed. */
  closeTransports(seat: Seat): void {
    for (const { id } of seat.transports.values()) {
      try {
        this.ports.transports.close(this.key(seat, id));
      } catch (error) {
        this.ports.log.write('warn', 'transport could not be closed', { transport: id, error: String(error) });
      }
    }
    seat.transports.clear();
  }

  protected createTransport(
    seat: Seat,
    { requestId, direction }: Message<'create-transport'>,
    atMs: number,
  ): SfuServerMessage {
    let transport = [...seat.transports.values()].find((each) => each.direction === direction);
    if (transport === undefined) {
      const id = `${direction}-${this.ports.random.unique()}`;
      const parameters = this.guarded(atMs, () => this.ports.transports.create(this.key(seat, id), direction));
      transport = { id, direction, parameters, connected: false };
      seat.transports.set(id, transport);
    }
    const { id: transportId, parameters } = transport;
    return { type: 'transport-created', requestId, room: seat.room.id, transportId, parameters };
  }

  protected connectTransport(
    seat: Seat,
    { requestId, transportId, dtls }: Message<'connect-transport'>,
    atMs: number,
  ): SfuServerMessage {
    const transport = this.transport(seat, transportId);
    if (!transport.connected) {
      this.guarded(atMs, () => this.ports.transports.connect(this.key(seat, transportId), dtls));
      transport.connected = true;
    }
    return { type: 'transport-connected', requestId, room: seat.room.id, transportId };
  }

  protected produce(
    seat: Seat,
    { requestId, transportId, kind, encodings }: Message<'produce'>,
    atMs: number,
  ): SfuServerMessage {
    this.connected(this.transport(seat, transportId, 'send'));
    const publisherId = this.publish(seat, kind, encodings, atMs);
    return { type: 'produced', requestId, room: seat.room.id, publisherId };
  }

  protected consume(seat: Seat, { requestId, transportId, publisherId }: Message<'consume'>): SfuServerMessage {
    this.transport(seat, transportId, 'receive');
    const { id: consumerId, ssrc, paused, publisher } = this.consumerOf(seat, publisherId);
    const { sessionId, userId, kind } = publisher;
    const room = seat.room.id;
    return { type: 'consuming', requestId, room, publisherId, consumerId, sessionId, userId, kind, ssrc, paused };
  }

  protected resume(seat: Seat, { requestId, consumerId }: Message<'resume'>): SfuServerMessage {
    const consumer = this.consumer(seat, consumerId);
    const receiving = [...seat.transports.values()].some((each) => each.direction === 'receive' && each.connected);
    if (!receiving && !consumer.negotiated)
      throw new SfuRefusal('not-connected', 'connect the receiving transport first');
    seat.room.router.resume(consumer, 'listener');
    return { type: 'resumed', requestId, room: seat.room.id, consumerId };
  }

  protected closeProducer(seat: Seat, { requestId, publisherId }: Message<'close-producer'>): SfuServerMessage {
    const { router } = seat.room;
    const publisher = router.publishers.get(publisherId);
    if (publisher !== undefined && publisher.sessionId !== seat.sessionId) {
      throw new SfuRefusal('unauthorized', 'only who publishes a track may close it');
    }
    if (publisher !== undefined) router.close(publisher, 'closed');
    else if (!router.wasIssued(publisherId)) throw new SfuRefusal('unknown-publisher', 'there is no such track');
    return { type: 'closed', requestId, room: seat.room.id, publisherId };
  }

  protected publishOffer(seat: Seat, message: Message<'publish-offer'>, atMs: number): SfuServerMessage {
    const { router, id: room } = seat.room;
    const { sdp, encodings } = this.negotiated(() =>
      this.ports.negotiation.answerPublish(room, seat.sessionId, message.sdp),
    );
    const before = seat.offered === null ? undefined : router.publishers.get(seat.offered);
    if (before?.sends(encodings) !== true) {
      if (before !== undefined) router.close(before, 'closed');
      seat.offered = this.publish(seat, 'audio', encodings, atMs);
    }
    return { type: 'publish-answer', room, publisherId: seat.offered as string, sdp };
  }

  protected subscribe(seat: Seat, { publisherId }: Message<'subscribe'>): SfuServerMessage {
    const consumer = this.consumerOf(seat, publisherId);
    const room = seat.room.id;
    const sdp = this.negotiated(() => this.ports.negotiation.offerConsume(room, consumer));
    return { type: 'consume-offer', room, consumerId: consumer.id, publisherId, sdp };
  }

  protected consumeAnswer(seat: Seat, { consumerId, sdp }: Message<'consume-answer'>): SfuServerMessage | null {
    const consumer = this.consumer(seat, consumerId);
    if (consumer.negotiated) return null;
    const room = seat.room.id;
    this.negotiated(() => this.ports.negotiation.acceptConsume(room, consumer, sdp));
    consumer.negotiated = true;
    seat.room.router.resume(consumer, 'listener');
    return { type: 'track-added', room, consumerId, publisherId: consumer.publisher.id };
  }

  protected candidate(seat: Seat, consumer: Consumer | null, candidate: string): null {
    this.negotiated(() => this.ports.negotiation.addCandidate(seat.room.id, seat.sessionId, consumer, candidate));
    return null;
  }

  protected quality(seat: Seat, { consumerId, layer, standby }: Message<'quality-update'>): null {
    const consumer = this.consumer(seat, consumerId);
    const { router } = seat.room;
    if (layer === 'off') router.pause(consumer, 'listener');
    else router.prefer(consumer, layer === 'auto' ? null : layer, standby);
    return null;
  }

  protected publish(seat: Seat, kind: TrackKind, encodings: readonly Encoding[], atMs: number): string {
    const { router } = seat.room;
    const member = router.members.get(seat.sessionId);
    const isNew = encodings.every(({ ssrc }) => ssrc === null || member?.encodings.has(ssrc) !== true);
    if (isNew && kind === 'video' && this.audioOnly()) {
      throw new SfuRefusal('audio-only', 'the server is under pressure and takes no video');
    }
    if (isNew && (member?.publishers.size ?? 0) >= this.limits.publishersPerSession) {
      throw new SfuRefusal('too-many-publishers', `a session sends at most ${this.limits.publishersPerSession} tracks`);
    }
    return router.publish(seat.sessionId, kind, encodings, atMs).id;
  }

  protected transport(seat: Seat, id: string, direction?: SeatTransport['direction']): SeatTransport {
    const transport = seat.transports.get(id);
    if (transport === undefined)
      throw new SfuRefusal('unknown-transport', 'there is no such transport: create it first');
    if (direction !== undefined && transport.direction !== direction) {
      throw new SfuRefusal('invalid', `this takes a transport that can ${direction}`);
    }
    return transport;
  }

  protected connected(transport: SeatTransport): void {
    if (!transport.connected) throw new SfuRefusal('not-connected', 'connect the transport first');
  }

  /** A consumer of this session, by its own id. */
  protected consumer(seat: Seat, consumerId: string): Consumer {
    const { router } = seat.room;
    const consumer = router.consumers.get(consumerId);
    if (consumer?.sessionId === seat.sessionId) return consumer;
    if (consumer !== undefined) throw new SfuRefusal('unauthorized', 'this consumer is of another session');
    if (router.wasIssued(consumerId)) throw new SfuRefusal('gone', 'this consumer has ended');
    throw new SfuRefusal('unknown-consumer', 'there is no such consumer');
  }

  /** The consumer that this session has of a track. */
  protected consumerOf(seat: Seat, publisherId: string): Consumer {
    const { router } = seat.room;
    const consumer = router.members.get(seat.sessionId)?.consumers.get(publisherId);
    if (consumer !== undefined) return consumer;
    if (router.publishers.has(publisherId)) throw new SfuRefusal('invalid', 'nobody hears itself');
    if (router.wasIssued(publisherId)) throw new SfuRefusal('gone', 'this track has ended');
    throw new SfuRefusal('unknown-publisher', 'there is no such track');
  }

  protected key(seat: Seat, transportId: string) {
    return { room: seat.room.id, sessionId: seat.sessionId, transportId };
  }

  /** Calls the transports, unless they have failed too often. */
  protected guarded<T>(atMs: number, call: () => T): T {
    if (!this.breaker.allows(atMs)) throw new SfuRefusal('unavailable', 'transports fail at the moment');
    try {
      const result = call();
      this.breaker.succeeded();
      return result;
    } catch (error) {
      this.breaker.failed(atMs);
      this.ports.log.write('error', 'transport failed', { error: String(error) });
      throw new SfuRefusal('unavailable', 'the transport could not be made');
    }
  }

  /** Calls the negotiation; it throws when a client's SDP or candidate is not good. */
  protected negotiated<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw new SfuRefusal('invalid', error instanceof Error ? error.message : String(error));
    }
  }
}
