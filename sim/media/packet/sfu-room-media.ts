import type { SenderReport } from '../../../core/media/rtcp.js';
import type { RtpFields } from '../../../core/media/rtp.js';
import type { SenderStatistics } from '../../../core/media/sender-statistics.js';
import type { Consumer } from '../../../core/sfu/consumer.js';
import type { SfuClientMessage, SfuServerMessage } from '../../../core/sfu/protocol.js';
import type { Router } from '../../../core/sfu/router.js';
import type { Host } from '../../hosts/index.js';
import type { ChoiceStream, EventHandle } from '../../kernel/index.js';
import type { MediaPacket } from '../../net/index.js';
import type { NodeMachine } from '../../sfu/capacity/index.js';
import { FRAME_US } from '../talk/index.js';
import type { ArrivedWork, ForwardingQueue } from './forwarding-core.js';
import type { MediaSession } from './media-session.js';
import type { PlaneParts } from './plane-parts.js';
import { SfuClientEnd } from './sfu-client-end.js';
import { SfuNodeEnd } from './sfu-node-end.js';
import type { SfuServerMedia } from './sfu-server-media.js';

interface Place {
  readonly session: MediaSession;
  readonly client: SfuClientEnd;
  readonly node: SfuNodeEnd;
  /** Its connection to the server. */
  readonly connectionId: string;
  /** Consumer id -> SSRC of the stream to this member */
  readonly streams: Map<string, number>;
}

const NTP_FRACTION = 4_294_967_296;

/** A packet of voice that waits for the node. */
class HeldPacket implements ArrivedWork {
  constructor(
    private readonly room: SfuRoomMedia,
    private readonly end: SfuNodeEnd,
    private readonly packet: MediaPacket,
    readonly arrivedUs: number,
  ) {}

  perform(): number {
    return this.room.forward(this.end, this.packet, this.arrivedUs);
  }

  drop(): void {
    this.room.giveUp(this.packet);
  }
}

/** The media of one room on one node, which the core's `MediaServer` looks after, and the transports of its members. */
export class SfuRoomMedia {
  private readonly parts: PlaneParts;
  readonly node: Host;
  private readonly core: ForwardingQueue;
  private readonly machine: NodeMachine | null;
  private readonly name: string;
  private readonly places = new Map<string, Place>();
  private readonly senders = new Map<Consumer, SenderStatistics>();
  private timer: EventHandle | null = null;
  private lowestOnly = false;
  /** When the next reports are due, without what is drawn. */
  private dueUs = 0;
  private readonly reports: ChoiceStream;

  constructor(private readonly server: SfuServerMedia) {
    this.parts = server.parts;
    this.node = server.node;
    this.core = server.core;
    this.machine = server.machine;
    this.name = server.open(this);
    this.reports = server.parts.sim.choices.stream(`media/${server.node.id}/reports`);
  }

  get empty(): boolean {
    return this.places.size === 0;
  }

  /** Undefined before the first has come in, and after the last has gone. */
  get router(): Router<MediaPacket> | undefined {
    return this.server.router(this.name);
  }

  // members

  /** Opens a connection and a transport to a session, which comes in, publishes its voice and asks for everybody else's. */
  join(session: MediaSession): SfuClientEnd {
    const { parts, node, server, name } = this;
    const client = new SfuClientEnd(parts, session, parts.network.mediaPath(session.host, node));
    const path = parts.network.mediaPath(node, session.host);
    const { sessionId } = session.member;
    const end = new SfuNodeEnd(parts, this, sessionId, session.drawSsrc(), path);
    client.end.peer = end.end;
    end.end.peer = client.end;
    const connectionId = server.connect(client);
    this.places.set(sessionId, { session, client, node: end, connectionId, streams: new Map() });
    if (this.timer === null) {
      this.dueUs = parts.sim.nowUs + parts.options.reportEveryMs * 1000;
      this.timer = parts.sim.at(this.dueUs, report, this as SfuRoomMedia);
    }
    client.begin(this, name, connectionId);
    return client;
  }

  leave(session: MediaSession): void {
    const { sessionId } = session.member;
    const place = this.places.get(sessionId);
    if (place === undefined) return;
    place.client.leave();
    this.server.disconnect(place.connectionId);
    this.places.delete(sessionId);
    place.client.close();
    place.node.end.closed = true;
    for (const consumer of [...this.senders.keys()])
      if (consumer.sessionId === sessionId) this.senders.delete(consumer);
    if (!this.empty) return;
    this.server.close(this.name);
    if (this.timer !== null) this.parts.sim.cancel(this.timer);
    this.timer = null;
  }

  /** Whether the node has let this session in. */
  expects(sessionId: string): boolean {
    return this.places.has(sessionId);
  }

  /** Who sits behind a session's name. */
  sessionOf(sessionId: string): MediaSession | undefined {
    return this.places.get(sessionId)?.session;
  }

  /** A client says something to the server. */
  say(connectionId: string, message: SfuClientMessage): void {
    this.server.say(connectionId, message);
  }

  /** @internal The server answers a client, or tells it something: what is sent and received here follows. */
  answered(connectionId: string, message: SfuServerMessage): void {
    if (message.type === 'produced') {
      const publisher = this.router?.publishers.get(message.publisherId);
      const place = publisher === undefined ? undefined : this.places.get(publisher.sessionId);
      for (const { ssrc } of publisher?.layers ?? []) if (ssrc !== null) place?.node.end.expects(ssrc);
    } else if (message.type === 'consuming') {
      const consumer = this.lowestOnly ? this.router?.consumers.get(message.consumerId) : undefined;
      if (consumer !== undefined) this.router?.spare(consumer, 'l', this.parts.sim.nowUs / 1000);
    } else if (message.type === 'producer-closed') {
      for (const place of this.places.values())
        if (place.connectionId === connectionId) this.forget(place, message.consumerId);
    }
  }

  /** @internal One of a session's two transports is made. */
  transportMade(sessionId: string, direction: 'send' | 'receive'): Readonly<Record<string, unknown>> {
    const end = this.places.get(sessionId)?.node;
    const nowMs = this.parts.sim.nowUs / 1000;
    // before anything is known: what the estimator begins with
    if (direction === 'receive' && end !== undefined) {
      const availableKbps = end.estimator.estimateKbps;
      this.router?.onDownlink(sessionId, { atMs: nowMs, availableKbps, lossShare: 0 });
    }
    return { node: this.node.id };
  }

  /** @internal One of them is closed. */
  transportClosed(sessionId: string): void {
    const place = this.places.get(sessionId);
    if (place !== undefined) place.node.end.closed = true;
  }

  private forget(place: Place, consumerId: string): void {
    const ssrc = place.streams.get(consumerId);
    if (ssrc === undefined) return;
    place.streams.delete(consumerId);
    place.node.end.forget(ssrc);
    for (const consumer of this.senders.keys()) if (consumer.id === consumerId) this.senders.delete(consumer);
  }

  // media

  /** What an overloaded node leaves out. */
  private lookAtFallback(nowMs: number): void {
    const lowestOnly = this.machine?.lowestLayerOnly === true;
    if (lowestOnly === this.lowestOnly) return;
    this.lowestOnly = lowestOnly;
    const layer = lowestOnly ? 'l' : null;
    for (const consumer of this.router?.consumers.values() ?? []) this.router?.spare(consumer, layer, nowMs);
  }

  /** Estimate of what can be sent to a session, in kbit/s. */
  downlinkKbps(session: MediaSession): number | null {
    return this.places.get(session.member.sessionId)?.node.estimator.estimateKbps ?? null;
  }

  /** A packet of voice has arrived at the node. */
  take(end: SfuNodeEnd, packet: MediaPacket): void {
    const held = this.parts.network.packets.take();
    held.copy(packet);
    this.machine?.received(1, packet.bytes);
    this.core.take(new HeldPacket(this, end, held, this.parts.sim.nowUs));
  }

  /** A sender report has arrived: it waits for the packets before it. */
  takeReport(sessionId: string, { ssrc, ntpSeconds, ntpFraction, rtpTimestamp }: SenderReport): void {
    const ntpMs = ntpSeconds * 1000 + (ntpFraction / NTP_FRACTION) * 1000;
    this.core.take({
      arrivedUs: this.parts.sim.nowUs,
      perform: () => {
        this.router?.onSenderReport(sessionId, ssrc, ntpMs, rtpTimestamp);
        return 0;
      },
    });
  }

  /** Encodings have ended: that, too, waits for the packets before it. */
  takeGoodbye(sessionId: string, ssrcs: readonly number[]): void {
    const { core, parts } = this;
    core.take({
      arrivedUs: parts.sim.nowUs,
      perform: () => {
        for (const ssrc of ssrcs) this.router?.onGoodbye(sessionId, ssrc, parts.sim.nowUs / 1000);
        return 0;
      },
    });
  }

  /** @internal There is no room for a packet to wait. */
  giveUp(packet: MediaPacket): void {
    this.parts.network.packets.give(packet);
  }

  /** @internal The node has got round to a packet. @returns how many copies it has sent */
  forward(end: SfuNodeEnd, packet: MediaPacket, arrivedUs: number): number {
    const { statistics, sim, network } = this.parts;
    const before = statistics.forwarded;
    if (!end.end.closed && this.node.state === 'up')
      this.router?.onRtp(end.sessionId, packet, arrivedUs / 1000, sim.nowUs / 1000);
    network.packets.give(packet);
    return statistics.forwarded - before;
  }

  /** @internal Reports to every member. */
  report(): void {
    const { sim, options } = this.parts;
    // as those of clients: never at the same moment of a frame
    this.dueUs = Math.max(this.dueUs, sim.nowUs - FRAME_US) + options.reportEveryMs * 1000;
    this.timer = sim.at(this.dueUs + this.reports.choose(FRAME_US), report, this as SfuRoomMedia);
    if (this.node.state !== 'up') return;
    this.lookAtFallback(sim.nowUs / 1000);
    let digest = 0;
    for (const { node } of this.places.values()) {
      node.end.report();
      digest = Math.imul(digest ^ node.end.digest, 0x5bd1e995);
    }
    sim.trace.record(this.node.id, 'media.report', digest);
  }

  /** @internal A packet goes on to a member. */
  send(consumer: Consumer, out: RtpFields, packet: MediaPacket): void {
    const place = this.places.get(consumer.sessionId);
    if (place === undefined) return;
    const { parts } = this;
    const onward = parts.network.packets.take();
    onward.copy(packet);
    onward.payloadType = out.payloadType;
    onward.sequenceNumber = out.sequenceNumber;
    onward.timestamp = out.timestamp;
    onward.ssrc = out.ssrc;
    onward.marker = out.marker;
    const nowMs = parts.sim.nowUs / 1000;
    this.sender(place, consumer).onPacket(out.timestamp, packet.payloadBytes, nowMs);
    parts.statistics.forwarded++;
    this.machine?.forwarded(1, onward.bytes);
    place.node.end.send(onward, nowMs);
  }

  private sender(place: Place, consumer: Consumer): SenderStatistics {
    let sender = this.senders.get(consumer);
    if (sender === undefined) {
      sender = place.node.end.sends(consumer.ssrc);
      this.senders.set(consumer, sender);
      place.streams.set(consumer.id, consumer.ssrc);
    }
    return sender;
  }
}

function report(room: SfuRoomMedia): void {
  room.report();
}
