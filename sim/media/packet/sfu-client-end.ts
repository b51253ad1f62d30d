import { LAYER_NAMES } from '../../../core/media/layers.js';
import { type Encodings, shouldRehearse, type UplinkController } from '../../../core/media/uplink-controller.js';
import type { MediaClient, ReceivedTrack, RemoteTrack } from '../../../core/sfu/media-client.js';
import { userIdProblem } from '../../../core/validation.js';
import type { MediaPacket, MediaPath } from '../../net/index.js';
import type { EncodedFrame, Outlet } from './encoded-frame.js';
import { InboundStream } from './inbound-stream.js';
import type { MediaSession } from './media-session.js';
import { OutboundStream } from './outbound-stream.js';
import { makeEstimator, type PlaneParts } from './plane-parts.js';
import { PublishingEnd } from './publishing-end.js';
import type { SfuRoomMedia } from './sfu-room-media.js';
import { TransportEnd } from './transport-end.js';
import { voicePacket } from './voice-packet.js';

/** A transport that carries several encodings: 300 is what libwebrtc starts with. */
const LIMITS = { minKbps: 16, maxKbps: 2_000, startKbps: 300 } as const;

/** Who it says it is: DTLS itself is not simulated. */
const DTLS = { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: '00:00' }] } as const;

/** How often the end of an encoding is told, with one frame after the other: with 20 % of loss one in 600 is not heard of. */
const GOODBYES = 4;

/** A client's end of its transport to an SFU room: its encodings on the way up, a stream for each talker on the way down. */
export class SfuClientEnd extends PublishingEnd implements Outlet {
  open = true;
  /** Encodings whose clocks have been told. */
  private announced = 0;
  /** There were peers before it, and still are. */
  rehearses: boolean;
  readonly end: TransportEnd;
  readonly uplink: UplinkController;
  /** By layer, best first; without simulcast the only one is called `h`, whatever its rate. */
  private readonly outbound: readonly OutboundStream[];
  /** For each of them, how many more times its end is to be told once it is not sent. */
  private readonly goodbyes: number[];
  /** SSRC -> what it carries */
  private readonly inbound = new Map<number, { readonly stream: InboundStream; readonly talker: MediaSession }>();
  /** Its side of the server's protocol; null before it begins. */
  private media: MediaClient | null = null;
  /** What came while the device slept. */
  private unread: string[] = [];

  constructor(
    private readonly parts: PlaneParts,
    private readonly session: MediaSession,
    private readonly path: MediaPath,
  ) {
    super();
    const { UplinkController, QualityAdaptation } = parts.classes;
    const { simulcast, extensions } = parts.options.codec;
    this.rehearses = shouldRehearse(session.peers.size);
    const ssrcs = (simulcast ? LAYER_NAMES : LAYER_NAMES.slice(0, 1)).map(() => session.drawSsrc());
    this.end = new TransportEnd(parts, session.host, this, ssrcs[0]!, session.userId);
    this.outbound = ssrcs.map((ssrc) => new OutboundStream(ssrc, this.end.sends(ssrc), session.stream));
    this.goodbyes = ssrcs.map(() => GOODBYES);
    this.uplink = new UplinkController({
      estimator: makeEstimator(parts, LIMITS),
      adaptation: new QualityAdaptation(),
      use: simulcast ? 'simulcast' : 'single',
      extensions,
    });
    if (this.rehearses) this.uplink.rehearse();
  }

  /** Comes into a room over its connection. */
  begin(room: SfuRoomMedia, name: string, connectionId: string): void {
    const { sessionId, userId } = this.session.member;
    this.media = new this.parts.classes.MediaClient(
      {
        room: name,
        userId: userIdProblem(userId) === null ? userId : String(this.session.member.ordinal),
        sessionId,
        token: sessionId,
        encodings: this.outbound.map(({ ssrc }, index) => ({ layer: LAYER_NAMES[index]!, ssrc })),
        dtls: { ...DTLS, fingerprints: [...DTLS.fingerprints] },
      },
      {
        send: (message) => room.say(connectionId, message),
        hear: (track) => this.hear(room, track),
        unhear: ({ ssrc }) => this.unhear(ssrc),
        leftOut: (track, leftOut) => this.leaveOut(room, track, leftOut),
      },
    );
    this.prefer();
    this.media.advance(this.nowMs);
  }

  /** A message of the server has come. */
  read(text: string): void {
    if (this.session.host.state === 'up') this.media?.receive(text, this.nowMs);
    else this.unread.push(text);
  }

  /** The device is awake: reads what has come, and asks for what is missing. */
  attend(): void {
    if (this.session.host.state !== 'up' || this.media === null) return;
    const { unread } = this;
    this.unread = [];
    for (const text of unread) this.media.receive(text, this.nowMs);
    this.media.advance(this.nowMs);
  }

  /** Wants nothing better than its device allows, and the least of what it does not play yet. */
  prefer(): void {
    const { allowance, peers } = this.session;
    this.media?.prefer(this.rehearses ? 'l' : allowance.highestLayer, this.nowMs, peers.size > 0);
  }

  /** Says that it goes, if it still can. */
  leave(): void {
    if (this.session.host.state === 'up') this.media?.leave();
    this.media?.end();
  }

  private get nowMs(): number {
    return this.parts.sim.nowUs / 1000;
  }

  /** The peers that it was to replace have gone: it holds back no longer. */
  perform(): void {
    if (this.session.peers.size > 0) return;
    this.rehearses = false;
    this.uplink.perform(this.parts.sim.nowUs / 1000);
  }

  /** A talker's stream will arrive. */
  private hear(room: SfuRoomMedia, { sessionId, ssrc }: ReceivedTrack): void {
    const talker = room.sessionOf(sessionId);
    const pair = talker === undefined ? undefined : this.session.pairs.get(talker);
    if (talker === undefined || pair === undefined) return;
    const stream = new InboundStream(this.parts, 'sfu', this.end.expects(ssrc), pair);
    this.inbound.set(ssrc, { stream, talker });
    pair.add(stream);
  }

  /** The node has no room for a talker's stream on the way down; or it has again. */
  private leaveOut(room: SfuRoomMedia, { sessionId }: RemoteTrack, leftOut: boolean): void {
    const talker = room.sessionOf(sessionId);
    if (talker !== undefined) this.session.pairs.get(talker)?.leaveOut(leftOut);
  }

  /** A talker's stream has ended. */
  private unhear(ssrc: number): void {
    const ended = this.inbound.get(ssrc);
    if (ended === undefined) return;
    this.inbound.delete(ssrc);
    this.end.forget(ssrc);
    this.session.pairs.get(ended.talker)?.remove(ended.stream);
  }

  close(): void {
    this.open = false;
    this.end.closed = true;
    for (const ssrc of [...this.inbound.keys()]) this.unhear(ssrc);
  }

  send(frame: EncodedFrame): void {
    const nowMs = this.parts.sim.nowUs / 1000;
    const { encodings, layer } = this.uplink;
    const { outbound } = this;
    if (outbound.length === 1) {
      if (!encodings[layer]) return;
      this.end.send(voicePacket(this.parts, frame, outbound[0]!, LAYER_NAMES.indexOf(layer)), nowMs);
      return;
    }
    if (encodings.l) this.sayGoodbye(encodings);
    for (let index = 0; index < outbound.length; index++) {
      if (encodings[LAYER_NAMES[index]!]) this.end.send(voicePacket(this.parts, frame, outbound[index]!, index), nowMs);
    }
    // with the first packets of an encoding its clock, so that they can be brought together (RFC 6051, section 2.1)
    const begun = outbound.filter(({ statistics }) => statistics.packets > 0).length;
    if (begun > this.announced) this.end.report();
    this.announced = begun;
  }

  /** The node learns of the end of an encoding before it misses a frame. */
  private sayGoodbye(encodings: Encodings): void {
    const { goodbyes } = this;
    const ended: number[] = [];
    for (let index = 0; index < goodbyes.length; index++) {
      if (encodings[LAYER_NAMES[index]!]) goodbyes[index] = GOODBYES;
      else if (goodbyes[index]! > 0) {
        goodbyes[index]!--;
        ended.push(this.outbound[index]!.ssrc);
      }
    }
    if (ended.length > 0) this.end.sayGoodbye(ended);
  }

  dispatch(packet: MediaPacket): void {
    packet.receiver = this.end.peer;
    this.path.send(packet);
  }

  voiceArrived(packet: MediaPacket): void {
    this.inbound.get(packet.ssrc)?.stream.receive(packet);
  }
}
