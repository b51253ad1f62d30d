import type { DeviceAllowance } from '../../../core/media/device-conditions.js';
import type { Host } from '../../hosts/index.js';
import type { ChoiceStream, EventHandle } from '../../kernel/index.js';
import type { HearingMember, Playback } from '../hearing-member.js';
import { FRAME_US, type Speech } from '../talk/index.js';
import type { ChannelMedia } from './channel-media.js';
import type { Outlet } from './encoded-frame.js';
import type { PairHearing } from './pair-hearing.js';
import { PeerEnd } from './peer-end.js';
import type { PlaneParts } from './plane-parts.js';
import type { SfuClientEnd } from './sfu-client-end.js';
import type { SfuRoomMedia } from './sfu-room-media.js';
import type { TransportEnd } from './transport-end.js';
import { VoiceSender } from './voice-sender.js';

/** The media of one session that sits in a channel: microphone, transports, and how it hears each of the others. */
export class MediaSession {
  /** By talker. */
  readonly pairs = new Map<MediaSession, PairHearing>();
  readonly peers = new Map<MediaSession, PeerEnd>();
  readonly rooms = new Map<SfuRoomMedia, SfuClientEnd>();
  /** Where its voice goes. */
  outlets: readonly Outlet[] = [];
  readonly speech: Speech;
  readonly stream: ChoiceStream;
  /** Begin of its frames on the common grid, in microseconds below 20 000. */
  readonly phaseUs: number;
  private readonly sender: VoiceSender;
  private timer: EventHandle | null = null;
  /** What its device lets it do, as of the last update. */
  allowance: DeviceAllowance;
  private silentFromUs = Number.POSITIVE_INFINITY;
  private silentUntilUs = Number.NEGATIVE_INFINITY;
  private sleptFromUs = Number.POSITIVE_INFINITY;
  private sleptUntilUs = Number.NEGATIVE_INFINITY;
  /** When the next report is due, and when the last one was made. */
  private dueUs: number;
  private reportedUs: number;
  private bytesUp = 0;
  private bytesDown = 0;

  constructor(
    private readonly parts: PlaneParts,
    readonly member: HearingMember,
    readonly channel: ChannelMedia,
  ) {
    const { sim } = parts;
    this.stream = sim.choices.stream(`media/${member.userId}`);
    this.allowance = this.allowed();
    if (!this.allowance.play) this.silence(sim.nowUs);
    this.phaseUs = this.stream.choose(FRAME_US);
    this.speech = channel.talk.join(member.userId, Math.floor(sim.nowUs / FRAME_US));
    this.sender = new VoiceSender(parts, this);
    const everyUs = this.allowance.reportEveryMs * 1000;
    this.reportedUs = sim.nowUs;
    this.dueUs = sim.nowUs + 1 + this.stream.choose(everyUs);
    this.timer = sim.at(this.dueUs, report, this as MediaSession);
  }

  get userId(): string {
    return this.member.userId;
  }

  get host(): Host {
    return this.member.host;
  }

  drawSsrc(): number {
    return 1 + this.stream.choose(0xffff_ffff);
  }

  /** Whether the device slept at a time (the last sleep counts). */
  sleptAt(timeUs: number): boolean {
    return timeUs >= this.sleptFromUs && timeUs < this.sleptUntilUs;
  }

  /** Whether it slept at any time in between. */
  sleptBetween(fromUs: number, toUs: number): boolean {
    return this.sleptFromUs < toUs && this.sleptUntilUs > fromUs;
  }

  /** Whether its device waited for a touch of its user at a time (the last wait counts). */
  silencedAt(timeUs: number): boolean {
    return timeUs >= this.silentFromUs && timeUs < this.silentUntilUs;
  }

  /** The path over which it plays that talker now. */
  playedPath(userId: string): Playback {
    return this.allowance.play ? this.member.playedPath(userId) : 'none';
  }

  /** Device, links, rooms or what it plays may have changed. `rooms`: those it is attached to now, and how to get in. */
  update(rooms: ReadonlySet<SfuRoomMedia>): void {
    this.updateSleep();
    this.updateAllowance();
    for (const [room, end] of this.rooms) {
      if (rooms.has(room)) continue;
      this.rooms.delete(room);
      this.account(end);
      room.leave(this);
    }
    for (const room of rooms) if (!this.rooms.has(room)) this.rooms.set(room, room.join(this));
    for (const other of this.channel.sessions.values()) {
      if (other === this) continue;
      this.updatePeer(other);
      this.pairs.get(other)!.play(this.playedPath(other.userId));
    }
    this.updateOutlets();
  }

  /** Another session has left the channel. */
  lose(other: MediaSession): void {
    // first what was heard, then the end of the streams
    this.pairs.get(other)?.close();
    this.pairs.delete(other);
    this.closePeer(other);
    this.updateOutlets();
  }

  /** The session leaves the channel. Others have lost it already. */
  close(): void {
    this.sender.stop();
    if (this.timer !== null) this.parts.sim.cancel(this.timer);
    this.timer = null;
    for (const [room, end] of this.rooms) {
      this.account(end);
      room.leave(this);
    }
    this.rooms.clear();
    this.channel.talk.leave(this.speech, Math.floor(this.parts.sim.nowUs / FRAME_US));
  }

  /** @internal RTCP to everybody, and the interval to the ears. */
  report(): void {
    const { sim } = this.parts;
    const lastedMs = (sim.nowUs - this.reportedUs) / 1000;
    this.reportedUs = sim.nowUs;
    this.schedule();
    let digest = 0;
    if (this.host.state === 'up') {
      for (const end of this.rooms.values()) end.attend();
      let laterUs = 0;
      const ends = [...this.ends()];
      for (const { end } of ends) {
        // each transport has a timer of its own: all at once they would meet the queue that they make
        if (laterUs === 0) end.report();
        else sim.after(laterUs, reportLater, end);
        laterUs += Math.floor((this.allowance.reportEveryMs * 1000) / ends.length);
        digest = Math.imul(digest ^ end.digest, 0x5bd1e995);
      }
    }
    for (const pair of this.pairs.values()) pair.report();
    if (digest !== 0) sim.trace.record(this.host.id, 'media.report', digest);
    this.tellLink(lastedMs);
  }

  /**
   * Reports are made at another moment of a frame each time (RFC 3550, section 6.2, draws the whole interval). At the same moment each time, in a full link, they would meet a
   * queue that is as full each time: measured on EDGE, none of 30 got through.
   */
  private schedule(): void {
    const { sim } = this.parts;
    this.dueUs = Math.max(this.dueUs, sim.nowUs - FRAME_US) + this.allowance.reportEveryMs * 1000;
    this.timer = sim.at(this.dueUs + this.stream.choose(FRAME_US), report, this as MediaSession);
  }

  private *ends(): Generator<PeerEnd | SfuClientEnd> {
    yield* this.peers.values();
    yield* this.rooms.values();
  }

  private updateSleep(): void {
    const { nowUs } = this.parts.sim;
    const asleep = this.sleptUntilUs === Number.POSITIVE_INFINITY;
    if ((this.host.state === 'up') !== asleep) return;
    for (const pair of this.pairs.values()) pair.advance();
    if (asleep) this.sleptUntilUs = nowUs;
    else {
      this.sleptFromUs = nowUs;
      this.sleptUntilUs = Number.POSITIVE_INFINITY;
    }
  }

  private updateAllowance(): void {
    const before = this.allowance;
    this.allowance = this.allowed();
    const { nowUs } = this.parts.sim;
    if (before.play !== this.allowance.play) {
      if (before.play) this.silence(nowUs);
      else this.silentUntilUs = nowUs;
    }
    if (before.highestLayer === this.allowance.highestLayer) return;
    this.parts.ears.limited(this.host.id, nowUs);
  }

  private silence(nowUs: number): void {
    this.silentFromUs = nowUs;
    this.silentUntilUs = Number.POSITIVE_INFINITY;
  }

  private allowed(): DeviceAllowance {
    const { reportEveryMs } = this.parts.options;
    return this.member.allowance ?? { highestLayer: 'h', publish: true, play: true, reportEveryMs };
  }

  private updatePeer(other: MediaSession): void {
    const present = this.peers.has(other);
    if (!this.member.linkedWith(other.member) && !other.member.linkedWith(this.member)) {
      if (!present) return;
      this.closePeer(other);
      other.closePeer(this);
      other.updateOutlets();
      return;
    }
    if (!present) PeerEnd.connect(this.parts, this, other);
    this.peers.get(other)!.update();
    other.peers.get(this)!.update();
    other.updateOutlets();
  }

  private closePeer(other: MediaSession): void {
    const end = this.peers.get(other);
    if (end === undefined) return;
    this.account(end);
    end.close();
    this.peers.delete(other);
  }

  private updateOutlets(): void {
    this.outlets = [...this.ends()];
    for (const end of this.ends()) {
      end.uplink.allow(this.allowance);
      end.perform();
    }
    for (const end of this.rooms.values()) {
      end.prefer();
      end.attend();
    }
    this.sender.update();
  }

  private account(end: PeerEnd | SfuClientEnd): void {
    this.bytesUp += end.end.bytesSent;
    this.bytesDown += end.end.bytesReceived;
    end.end.bytesSent = end.end.bytesReceived = 0;
  }

  /** What the link carried since the last report, and what is thought of it. */
  private tellLink(lastedMs: number): void {
    const { ears, sim, network } = this.parts;
    let upKbps = 0;
    let downKbps: number | null = null;
    for (const end of this.ends()) {
      this.account(end);
      if (end.open) upKbps += end.uplink.estimateKbps;
    }
    for (const room of this.rooms.keys()) downKbps = room.downlinkKbps(this);
    const bits = 8 / lastedMs;
    const seconds = lastedMs / 1000;
    const { up, down } = network.endpoint(this.host);
    const { nowUs } = sim;
    if (this.bytesUp > 0) ears.carried('up', this.bytesUp * bits, seconds, up.conditionsAt(nowUs).rateKbps);
    if (this.bytesDown > 0) ears.carried('down', this.bytesDown * bits, seconds);
    this.bytesUp = this.bytesDown = 0;
    if (upKbps > 0) ears.estimate(this.host.id, 'up', nowUs, upKbps, up.conditionsAt(nowUs).rateKbps);
    if (downKbps !== null) ears.estimate(this.host.id, 'down', nowUs, downKbps, down.conditionsAt(nowUs).rateKbps);
  }
}

function reportLater(end: TransportEnd): void {
  if (!end.closed && end.host.state === 'up') end.report();
}

function report(session: MediaSession): void {
  session.report();
}
