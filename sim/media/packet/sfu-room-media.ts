import type { LayerName } from '../../../core/media/layers.js';
import type { SenderReport } from '../../../core/media/rtcp.js';
import type { RtpFields } from '../../../core/media/rtp.js';
import type { SenderStatistics } from '../../../core/media/sender-statistics.js';
import type { Consumer } from '../../../core/sfu/consumer.js';
import type { Router } from '../../../core/sfu/router.js';
import type { RouterEvent } from '../../../core/sfu/router-events.js';
import type { Host } from '../../hosts/index.js';
import type { EventHandle } from '../../kernel/index.js';
import type { MediaPacket } from '../../net/index.js';
import type { NodeMachine } from '../../sfu/capacity/index.js';
import type { ArrivedWork, ForwardingQueue } from './forwarding-core.js';
import type { MediaSession } from './media-session.js';
import type { PlaneParts } from './plane-parts.js';
import { SfuClientEnd } from './sfu-client-end.js';
import { SfuNodeEnd } from './sfu-node-end.js';

interface Place {
  readonly session: MediaSession;
  readonly client: SfuClientEnd;
  readonly node: SfuNodeEnd;
  /** Publisher id -> SSRC of the stream to this member */
  readonly streams: Map<string, number>;
  /** Best layer that it wants. */
  limit: LayerName;
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

/**
 * The media of one room on one node: the core's {@link Router}, and a transport to each member. Signalling of tracks takes no time here: a member knows of a
 * stream before its first packet.
 */
export class SfuRoomMedia {
  readonly router: Router<MediaPacket>;
  private readonly places = new Map<string, Place>();
  private readonly senders = new Map<Consumer, SenderStatistics>();
  private timer: EventHandle | null = null;
  private readonly machine: NodeMachine | null;
  private lowestOnly = false;

  constructor(
    private readonly parts: PlaneParts,
    readonly node: Host,
    private readonly core: ForwardingQueue,
  ) {
    this.machine = parts.machines?.get(node) ?? null;
    const { Router, LayerSelection, Forwarder } = parts.classes;
    const stream = parts.sim.choices.stream(`media/${node.id}`);
    let uniques = 0;
    this.router = new Router<MediaPacket>(
      node.id,
      {
        send: (consumer, out, packet, layer) => this.send(consumer, out, packet, layer),
        tell: (sessionId, event) => this.tell(sessionId, event),
        random: { uniform: () => stream.uniform(), unique: () => `${node.id}.${++uniques}` },
        metrics: parts.metrics,
      },
      { extensions: parts.options.codec.extensions, collaborators: { Forwarder, LayerSelection } },
    );
  }

  get empty(): boolean {
    return this.places.size === 0;
  }

  /** Opens a transport to a session, which publishes its voice and hears everybody else's. */
  join(session: MediaSession): SfuClientEnd {
    const { parts, node, router } = this;
    const nowMs = parts.sim.nowUs / 1000;
    const client = new SfuClientEnd(parts, session, parts.network.mediaPath(session.host, node));
    const path = parts.network.mediaPath(node, session.host);
    const { sessionId, userId } = session.member;
    const end = new SfuNodeEnd(parts, this, sessionId, session.drawSsrc(), path);
    client.end.peer = end.end;
    end.end.peer = client.end;
    for (const { ssrc } of client.encodings) if (ssrc !== null) end.end.expects(ssrc);
    const limit = client.rehearses ? 'l' : session.allowance.highestLayer;
    this.places.set(sessionId, { session, client, node: end, streams: new Map(), limit });
    router.join(sessionId, userId, nowMs);
    // before anything is known: what the estimator begins with
    router.onDownlink(sessionId, { atMs: nowMs, availableKbps: end.estimator.estimateKbps, lossShare: 0 });
    router.publish(sessionId, 'audio', client.encodings, nowMs);
    if (this.timer === null)
      this.timer = parts.sim.after(parts.options.reportEveryMs * 1000, report, this as SfuRoomMedia);
    return client;
  }

  leave(session: MediaSession): void {
    const { sessionId } = session.member;
    const place = this.places.get(sessionId);
    if (place === undefined) return;
    this.router.leave(sessionId, 'left');
    this.places.delete(sessionId);
    place.client.close();
    place.node.end.closed = true;
    for (const consumer of [...this.senders.keys()])
      if (consumer.sessionId === sessionId) this.senders.delete(consumer);
    if (this.empty && this.timer !== null) {
      this.parts.sim.cancel(this.timer);
      this.timer = null;
    }
  }

  /** A session wants nothing better than its device allows, and the least of what it does not play yet. */
  prefer({ member, allowance }: MediaSession): void {
    const place = this.places.get(member.sessionId);
    if (place === undefined) return;
    const limit = place.client.rehearses ? 'l' : allowance.highestLayer;
    if (limit === place.limit) return;
    place.limit = limit;
    for (const consumer of this.router.members.get(member.sessionId)?.consumers.values() ?? [])
      this.router.prefer(consumer, limit);
  }

  /** What an overloaded node leaves out. */
  private lookAtFallback(nowMs: number): void {
    const lowestOnly = this.machine?.lowestLayerOnly === true;
    if (lowestOnly === this.lowestOnly) return;
    this.lowestOnly = lowestOnly;
    for (const consumer of this.router.consumers.values()) this.router.spare(consumer, lowestOnly ? 'l' : null, nowMs);
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
    const { router } = this;
    const ntpMs = ntpSeconds * 1000 + (ntpFraction / NTP_FRACTION) * 1000;
    this.core.take({
      arrivedUs: this.parts.sim.nowUs,
      perform: () => {
        router.onSenderReport(sessionId, ssrc, ntpMs, rtpTimestamp);
        return 0;
      },
    });
  }

  /** Encodings have ended: that, too, waits for the packets before it. */
  takeGoodbye(sessionId: string, ssrcs: readonly number[]): void {
    const { router, core, parts } = this;
    core.take({
      arrivedUs: parts.sim.nowUs,
      perform: () => {
        for (const ssrc of ssrcs) router.onGoodbye(sessionId, ssrc, parts.sim.nowUs / 1000);
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
      this.router.onRtp(end.sessionId, packet, arrivedUs / 1000, sim.nowUs / 1000);
    network.packets.give(packet);
    return statistics.forwarded - before;
  }

  /** @internal Reports to every member. */
  report(): void {
    const { sim, options } = this.parts;
    this.timer = sim.after(options.reportEveryMs * 1000, report, this as SfuRoomMedia);
    if (this.node.state !== 'up') return;
    this.lookAtFallback(sim.nowUs / 1000);
    let digest = 0;
    for (const { node } of this.places.values()) {
      node.end.report();
      digest = Math.imul(digest ^ node.end.digest, 0x5bd1e995);
    }
    sim.trace.record(this.node.id, 'media.report', digest);
  }

  private send(consumer: Consumer, out: RtpFields, packet: MediaPacket, _layer: LayerName): void {
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
    this.senders.get(consumer)?.onPacket(out.timestamp, packet.payloadBytes, nowMs);
    parts.statistics.forwarded++;
    this.machine?.forwarded(1, onward.bytes);
    place.node.end.send(onward, nowMs);
  }

  private tell(sessionId: string, event: RouterEvent): void {
    const place = this.places.get(sessionId);
    if (place === undefined) return;
    if (event.type === 'new-producer') {
      const consumer = this.router.consumers.get(event.consumerId)!;
      const talker = this.places.get(event.sessionId)!.session;
      this.senders.set(consumer, place.node.end.sends(consumer.ssrc));
      place.streams.set(event.publisherId, consumer.ssrc);
      place.client.hear(consumer.ssrc, talker);
      this.router.prefer(consumer, place.limit);
      if (this.lowestOnly) this.router.spare(consumer, 'l', this.parts.sim.nowUs / 1000);
    } else if (event.type === 'producer-closed') {
      const ssrc = place.streams.get(event.publisherId);
      if (ssrc === undefined) return;
      place.streams.delete(event.publisherId);
      place.node.end.forget(ssrc);
      place.client.unhear(ssrc);
      for (const consumer of this.senders.keys()) if (consumer.id === event.consumerId) this.senders.delete(consumer);
    }
  }
}

function report(room: SfuRoomMedia): void {
  room.report();
}
