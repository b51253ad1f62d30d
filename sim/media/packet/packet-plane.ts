import type { Host } from '../../hosts/index.js';
import type { HearingMember } from '../hearing-member.js';
import type { MediaPlane } from '../media-plane.js';
import { TalkPlan } from '../talk/index.js';
import { ChannelMedia } from './channel-media.js';
import { ForwardingCore } from './forwarding-core.js';
import { MachineQueue } from './machine-queue.js';
import { MediaSession } from './media-session.js';
import { PairHearing } from './pair-hearing.js';
import type { PlaneParts } from './plane-parts.js';
import { SfuRoomMedia } from './sfu-room-media.js';
import { SfuServerMedia } from './sfu-server-media.js';

const LOOK_FOR_MIGRATIONS_US = 500_000;

/** Voice as packets: each travels by itself from a talker's encoder, through links and SFU nodes, to a listener's jitter buffer. */
export class PacketPlane implements MediaPlane {
  private readonly sessions = new Map<HearingMember, MediaSession>();
  private readonly channels = new Map<number, ChannelMedia>();
  /** Room of an attachment -> its media */
  private readonly rooms = new Map<object, SfuRoomMedia>();
  private readonly servers = new Map<Host, { readonly server: SfuServerMedia; readonly incarnation: number }>();
  private looking = false;

  constructor(private readonly parts: PlaneParts) {}

  entered(member: HearingMember, channelId: number): void {
    const channel = this.channel(channelId);
    const session = new MediaSession(this.parts, member, channel);
    for (const other of channel.sessions.values()) {
      session.pairs.set(other, new PairHearing(this.parts, session, other));
      other.pairs.set(session, new PairHearing(this.parts, other, session));
      other.pairs.get(session)!.play(other.playedPath(session.userId));
    }
    channel.sessions.set(member.sessionId, session);
    this.sessions.set(member, session);
    session.update(this.roomsOf(member));
  }

  left(member: HearingMember): void {
    const session = this.sessions.get(member);
    if (session === undefined) return;
    this.sessions.delete(member);
    const { channel } = session;
    channel.sessions.delete(member.sessionId);
    for (const other of channel.sessions.values()) {
      other.lose(session);
      session.lose(other);
    }
    session.close();
    if (channel.sessions.size === 0) this.channels.delete(channel.channelId);
    this.forgetRooms();
  }

  changed(member: HearingMember): void {
    const session = this.sessions.get(member);
    if (session === undefined) return;
    session.update(this.roomsOf(member));
    this.forgetRooms();
  }

  finish(): void {
    for (const member of [...this.sessions.keys()]) this.left(member);
    const { statistics, sim } = this.parts;
    const { voicePackets, forwarded, rtcpPackets, malformedRtcp, played, repaired, concealed } = statistics;
    const sums = [voicePackets, forwarded, rtcpPackets, malformedRtcp, played, repaired, concealed];
    sim.trace.record('media', 'media.end', sums.join(' '), statistics);
  }

  private channel(channelId: number): ChannelMedia {
    let channel = this.channels.get(channelId);
    if (channel === undefined) {
      const { options, sim } = this.parts;
      const talk = new TalkPlan(options.talk.model, sim.choices.stream(`media/talk/${channelId}`));
      channel = new ChannelMedia(channelId, talk);
      this.channels.set(channelId, channel);
      if (!this.looking) sim.after(LOOK_FOR_MIGRATIONS_US, lookForMigrations, this as PacketPlane);
      this.looking = true;
    }
    return channel;
  }

  private roomsOf(member: HearingMember): Set<SfuRoomMedia> {
    const rooms = new Set<SfuRoomMedia>();
    for (const { attached, room, node } of member.attachments) {
      if (!attached) continue;
      let media = this.rooms.get(room);
      if (media === undefined) {
        media = new SfuRoomMedia(this.serverOf(node));
        this.rooms.set(room, media);
      }
      rooms.add(media);
    }
    return rooms;
  }

  /** The media server of the process that a node runs now. */
  private serverOf(node: Host): SfuServerMedia {
    const known = this.servers.get(node);
    if (known !== undefined && known.incarnation === node.incarnation) return known.server;
    const machine = this.parts.machines?.get(node);
    const core =
      known?.server.core ??
      (machine === undefined ? new ForwardingCore(this.parts) : new MachineQueue(this.parts, machine));
    const server = new SfuServerMedia(this.parts, node, core);
    this.servers.set(node, { server, incarnation: node.incarnation });
    return server;
  }

  private forgetRooms(): void {
    for (const [room, media] of this.rooms) if (media.empty) this.rooms.delete(room);
  }

  /** @internal */
  lookForMigrations(): void {
    const { sim, migrating } = this.parts;
    this.looking = this.channels.size > 0;
    for (const channel of this.channels.values())
      channel.noteMigrating(migrating(channel.channelId), sim.nowUs, LOOK_FOR_MIGRATIONS_US);
    if (this.looking) sim.after(LOOK_FOR_MIGRATIONS_US, lookForMigrations, this as PacketPlane);
  }
}

function lookForMigrations(plane: PacketPlane): void {
  plane.lookForMigrations();
}
