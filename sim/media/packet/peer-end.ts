import { LAYER_NAMES } from '../../../core/media/layers.js';
import { shouldRehearse, type UplinkController } from '../../../core/media/uplink-controller.js';
import { type MediaPacket, MediaRoute, Route } from '../../net/index.js';
import type { EncodedFrame, Outlet } from './encoded-frame.js';
import { InboundStream } from './inbound-stream.js';
import type { MediaSession } from './media-session.js';
import { OutboundStream } from './outbound-stream.js';
import { makeEstimator, type PlaneParts } from './plane-parts.js';
import { PublishingEnd } from './publishing-end.js';
import { TransportEnd } from './transport-end.js';
import { voicePacket } from './voice-packet.js';

/** One voice with its headers, in kbit/s; B4 has the limits, and at first nothing speaks against the best quality. */
const LIMITS = { minKbps: 16, maxKbps: 128, startKbps: 128 } as const;

/** One end of a peer-to-peer transport: one encoding for that peer, whose quality follows what the peer reports (B5). */
export class PeerEnd extends PublishingEnd implements Outlet {
  open = false;
  readonly end: TransportEnd;
  readonly uplink: UplinkController;
  private readonly outbound: OutboundStream;
  private inbound: InboundStream | null = null;
  private way: MediaRoute | null = null;

  constructor(
    private readonly parts: PlaneParts,
    private readonly local: MediaSession,
    private readonly remote: MediaSession,
  ) {
    super();
    const { UplinkController, QualityAdaptation } = parts.classes;
    const ssrc = local.drawSsrc();
    this.end = new TransportEnd(parts, local.host, this, ssrc, local.userId);
    this.outbound = new OutboundStream(ssrc, this.end.sends(ssrc), local.stream);
    this.uplink = new UplinkController({
      estimator: makeEstimator(parts, LIMITS),
      adaptation: new QualityAdaptation(),
      use: 'single',
      extensions: parts.options.codec.extensions,
    });
    if (local.rooms.size > 0 && shouldRehearse(local.channel.sessions.size - 1)) this.uplink.rehearse();
  }

  /** Joins two ends. */
  static connect(parts: PlaneParts, a: MediaSession, b: MediaSession): void {
    const here = new PeerEnd(parts, a, b);
    const there = new PeerEnd(parts, b, a);
    here.end.peer = there.end;
    there.end.peer = here.end;
    a.peers.set(b, here);
    b.peers.set(a, there);
    here.hear(there);
    there.hear(here);
  }

  /** The path that it was to replace has gone: it holds back no longer. */
  perform(): void {
    if (this.local.rooms.size === 0) this.uplink.perform(this.parts.sim.nowUs / 1000);
  }

  /** Sends while the other end can get it, over the way there is now. */
  update(): void {
    const { local, remote, parts } = this;
    const before = this.open;
    this.open = remote.member.linkedWith(local.member);
    if (before && !this.open) remote.pairs.get(local)?.lost('p2p');
    if (!this.open) return;
    const route = local.member.routeTo?.(remote.member) ?? null;
    if (this.way !== null && (route === null || route === this.way.route)) return;
    const way = route ?? new Route(parts.network, local.host, remote.host);
    this.way = new MediaRoute(parts.network, way, this.end.peer!);
    const theirs = remote.peers.get(local);
    if (theirs?.inbound) theirs.inbound.relayed = way.relay !== null;
  }

  close(): void {
    this.open = false;
    this.end.closed = true;
    if (this.inbound !== null) this.local.pairs.get(this.remote)?.remove(this.inbound);
  }

  send(frame: EncodedFrame): void {
    const layer = LAYER_NAMES.indexOf(this.uplink.layer);
    if (!this.uplink.encodings[this.uplink.layer]) return;
    const nowMs = this.parts.sim.nowUs / 1000;
    this.end.send(voicePacket(this.parts, frame, this.outbound, layer), nowMs);
  }

  dispatch(packet: MediaPacket): void {
    if (this.way === null) this.parts.network.packets.give(packet);
    else {
      if (this.way.route.relay !== null) this.parts.ears.serve('turn', packet.bytes);
      this.way.send(packet);
    }
  }

  voiceArrived(packet: MediaPacket): void {
    this.inbound?.receive(packet);
  }

  private hear(other: PeerEnd): void {
    const pair = this.local.pairs.get(this.remote)!;
    const reception = this.end.expects(other.outbound.ssrc);
    this.inbound = new InboundStream(this.parts, 'p2p', reception, pair);
    pair.add(this.inbound);
  }
}
