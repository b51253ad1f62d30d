import type { AudioPath, AudioPipeline } from '../../../core/media/audio-pipeline.js';
import type { DeviceAllowance } from '../../../core/media/device-conditions.js';
import { shouldRehearse } from '../../../core/media/uplink-controller.js';
import type { Host } from '../../hosts/index.js';
import type { HearingMember, Playback, SfuAttachment } from '../hearing-member.js';
import type { Silence } from '../packet/silence-tracker.js';
import { PairBit } from '../pair-bits.js';
import { FRAME_US, TalkPlan } from '../talk/index.js';
import { FlowListening } from './flow-listening.js';
import { FlowPair, type FlowVoice, type PairOwner } from './flow-pair.js';
import { FlowReports } from './flow-reports.js';
import type { FlowScratch } from './flow-scratch.js';
import { FlowSeat } from './flow-seat.js';
import type { FlowTalker } from './flow-talker.js';
import type { FlowParts } from './options.js';
import { Refill } from './refill.js';
import { ReportDelivery } from './report-delivery.js';
import { RtcpLoad } from './rtcp-load.js';
import type { ServerFlow } from './server-flow.js';
import { SfuTransport } from './sfu-transport.js';

const CAPACITY_MIN = 4;

/** What all channels share. */
export interface FlowShared {
  readonly parts: FlowParts;
  readonly scratch: FlowScratch;
  /** A server, for an interval that begins with a frame. */
  server(host: Host, startFrame: number, frames: number): ServerFlow;
}

/**
 * One channel. Its state is constant between two changes: {@link refresh} first works on what has been said since the last change ({@link settle}),
 * to the frame, and then looks at what is different.
 */
export class FlowChannel implements PairOwner {
  readonly audibleGapUs: number;
  readonly AudioPipeline: new () => AudioPipeline;
  readonly voice: FlowVoice;
  /** Members, by index; null: free. */
  readonly seats: (FlowSeat | null)[] = [];
  private readonly byMember = new Map<HearingMember, FlowSeat>();
  private readonly changed = new Set<HearingMember>();
  readonly rtcp: RtcpLoad;
  readonly delivery: ReportDelivery;
  private readonly talk: TalkPlan;
  private readonly listening: FlowListening;
  private readonly reports: FlowReports;
  private readonly speaking = new Refill<FlowSeat>();
  private readonly talkers = new Refill<FlowTalker>();
  private capacity = CAPACITY_MIN;
  private allChanged = false;
  /** As of the last look at links; -1: before it. */
  private routeVersion = -1;
  private nextFrame: number;
  private migratedFromUs = 0;
  private migratedUntilUs = 0;

  constructor(
    private readonly shared: FlowShared,
    readonly channelId: number,
  ) {
    const { sim, options, classes } = shared.parts;
    this.audibleGapUs = options.audibleGapMs * 1000;
    this.AudioPipeline = classes.AudioPipeline;
    this.voice = shared.scratch.voice;
    this.talk = new TalkPlan(options.talk.model, sim.choices.stream(`media/talk/${channelId}`));
    this.rtcp = new RtcpLoad(shared.parts);
    const reports = sim.choices.stream(`flow/reports/${channelId}`);
    this.delivery = new ReportDelivery(reports);
    this.listening = new FlowListening(shared, this);
    this.reports = new FlowReports(shared.parts, this, reports);
    this.nextFrame = frameFrom(sim.nowUs);
  }

  /** Members now. */
  get size(): number {
    return this.byMember.size;
  }

  get empty(): boolean {
    return this.byMember.size === 0 && this.changed.size === 0;
  }

  /** A member has come, gone, or may be different. @returns true when nothing was to be looked at before */
  touch(member: HearingMember | null): boolean {
    const first = this.changed.size === 0 && !this.allChanged;
    if (member === null) this.allChanged = true;
    else this.changed.add(member);
    return first;
  }

  /** Looks at who has changed. */
  refresh(): void {
    const { nowUs } = this.shared.parts.sim;
    this.watchMigration(nowUs);
    const members = this.allChanged ? [...this.byMember.keys(), ...this.changed] : [...this.changed];
    this.allChanged = false;
    this.changed.clear();
    if (!members.some((member) => this.isDifferent(member))) return;
    this.settle(frameFrom(nowUs));
    for (const member of members) this.unseat(member, nowUs);
    for (const member of members) this.seat(member, nowUs);
    for (const member of members) this.update(member, nowUs);
    this.countPaths();
    for (const seat of this.byMember.values())
      if (seat.transport?.isOnStandby === true && !this.hasPeers(seat)) this.allow(seat);
    for (const seat of this.byMember.values()) {
      this.rtcp.look(seat, this.seats);
      // with other members another talk is planned
      seat.quietUntil = 0;
    }
  }

  /** There and back between a member and another host, without queues, in ms. */
  rttMs({ endpoint }: FlowSeat, peer: Host): number {
    const { network } = this.shared.parts;
    const other = network.endpoint(peer);
    const linksUs = endpoint.up.delayUs + endpoint.down.delayUs + other.up.delayUs + other.down.delayUs;
    return (linksUs + 2 * network.backboneUs(endpoint, other)) / 1000;
  }

  /** Works on the frames from where it is up to one, exclusive. */
  settle(untilFrame: number): void {
    const { scratch, parts } = this.shared;
    const frames = untilFrame - this.nextFrame;
    if (frames <= 0) return;
    const startFrame = this.nextFrame;
    this.nextFrame = untilFrame;
    this.lookAtLinks();
    const { dtx } = parts.options.talk;
    this.speaking.clear();
    let speech = 0;
    for (const seat of this.seats) {
      if (seat === null) continue;
      seat.listen(this.talk, startFrame, frames, dtx, scratch.talker(this.speaking.size));
      if (seat.spokenCount === 0) continue;
      this.speaking.push(seat);
      speech += seat.sentCount;
    }
    this.talkers.clear();
    for (let i = 0; i < this.speaking.size; i++)
      this.talkers.push(this.speak(this.speaking.at(i), startFrame, frames, speech));
    if (this.talkers.size > 0) this.listening.hear(this.talkers, startFrame, frames);
    this.listening.carrySilence(frames, this.talkers.size, speech);
  }

  /** The reports of an interval are sent and arrive. */
  report(untilUs: number): void {
    this.lookAtLinks();
    this.reports.tell(untilUs);
  }

  /** The run is over. */
  finish(atUs: number): void {
    this.settle(Math.floor(atUs / FRAME_US));
    for (const seat of [...this.byMember.values()]) this.remove(seat, atUs);
  }

  /** How a listener hears a talker. Made at the talker's first word. */
  pair(listener: FlowSeat, talker: FlowSeat): FlowPair {
    const known = talker.heardBy[listener.index];
    if (known) return known;
    const ear = this.shared.parts.ears.pair(listener.member, talker.member, this.channelId);
    const pair = new FlowPair(this, listener, talker, ear, Math.max(listener.sinceUs, talker.sinceUs));
    pair.paths = listener.bits[talker.index] as number;
    pair.play(playbackOf(pair.paths), this.nextFrame * (FRAME_US / 1000));
    talker.heardBy[listener.index] = pair;
    return pair;
  }

  silent(pair: FlowPair, { fromUs, toUs, spokenUs, cause }: Silence, unfinished: boolean): void {
    const { listener, talker, ear } = pair;
    const asleep = listener.sleptBetween(fromUs, toUs) || talker.sleptBetween(fromUs, toUs);
    const migration = (cause === 'path' || cause === 'outage') && this.migratedAt(fromUs);
    const heard = migration ? 'migration' : cause;
    const leftOut = pair.sfu?.leftOutAt(fromUs) === true;
    const why = asleep ? 'asleep' : listener.silencedAt(fromUs) ? 'gesture' : leftOut ? 'left-out' : heard;
    const { trace } = this.shared.parts.sim;
    trace.record(listener.member.host.id, 'media.gap', `${talker.member.userId} ${toUs - fromUs} ${why}`);
    ear.silence(fromUs, toUs, why, unfinished, Math.min(spokenUs, toUs - fromUs));
  }

  /** What is known of links holds until somebody is given another one. */
  private lookAtLinks(): void {
    const { network } = this.shared.parts;
    if (network.routeVersion === this.routeVersion) return;
    this.routeVersion = network.routeVersion;
    for (const seat of this.byMember.values()) seat.look(network);
  }

  // talking

  private speak(seat: FlowSeat, startFrame: number, frames: number, speech: number): FlowTalker {
    const { shared, rtcp } = this;
    const talker = shared.scratch.talker(this.talkers.size);
    // a packet leaves when its frame has been captured
    const leaves = startFrame + 1;
    const server = seat.transport === null ? null : shared.server(seat.transport.node, leaves, frames);
    talker.begin(seat, server, leaves, frames);
    if (seat.copiesOut > 0 && seat.allowance.publish) this.copyToPeers(seat, talker, startFrame);
    talker.send(rtcp.packets(seat, frames), rtcp.up(seat, frames, speech - seat.sentCount));
    return talker;
  }

  private copyToPeers(seat: FlowSeat, talker: FlowTalker, startFrame: number): void {
    for (const listener of this.seats) {
      if (listener === null || ((listener.bits[seat.index] as number) & PairBit.p2p) === 0) continue;
      const stream = this.listening.peerStream(this.pair(listener, seat), startFrame);
      talker.copyTo(listener.index, stream.wanted);
    }
  }

  // members

  private isDifferent(member: HearingMember): boolean {
    const seat = this.byMember.get(member);
    if (seat === undefined || member.seat !== seat.place) return seat !== undefined || this.sitsHere(member);
    if (this.attachmentOf(member)?.room !== seat.transport?.room) return true;
    if ((member.host.state !== 'up') !== seat.asleepSinceUs >= 0) return true;
    if (!isSame(member.allowance, seat.allowance)) return true;
    for (const other of this.byMember.values()) {
      if (other === seat || other.member.seat !== other.place) continue;
      if (this.bitsOf(seat, other) !== seat.bits[other.index] || this.bitsOf(other, seat) !== other.bits[seat.index])
        return true;
    }
    return false;
  }

  private sitsHere(member: HearingMember): boolean {
    return member.seat !== null && member.seat.matrix.channelId === this.channelId;
  }

  private unseat(member: HearingMember, nowUs: number): void {
    const seat = this.byMember.get(member);
    if (seat !== undefined && member.seat !== seat.place) this.remove(seat, nowUs);
  }

  private remove(seat: FlowSeat, nowUs: number): void {
    for (const other of this.byMember.values()) {
      other.heardBy[seat.index]?.close(nowUs);
      other.heardBy[seat.index] = null;
      const pair = seat.heardBy[other.index];
      if (pair) {
        pair.close(nowUs);
        this.endStream(other, pair);
        if (pair.p2p !== null) {
          other.peers.splice(other.peers.indexOf(pair), 1);
          other.peerCount--;
        }
      }
      other.bits[seat.index] = 0;
    }
    this.talk.leave(seat.speech, Math.floor(nowUs / FRAME_US));
    this.byMember.delete(seat.member);
    this.seats[seat.index] = null;
  }

  private seat(member: HearingMember, nowUs: number): void {
    if (this.byMember.has(member) || !this.sitsHere(member)) return;
    const free = this.seats.indexOf(null);
    const index = free < 0 ? this.seats.length : free;
    if (index >= this.capacity) this.grow();
    const { sim, network } = this.shared.parts;
    const endpoint = network.endpoint(member.host);
    const speech = this.talk.join(member.userId, Math.floor(nowUs / FRAME_US));
    const seat = new FlowSeat(sim.choices, member, member.seat!, index, endpoint, speech, nowUs, this.capacity);
    this.seats[index] = seat;
    this.byMember.set(member, seat);
    this.routeVersion = -1;
  }

  private update(member: HearingMember, nowUs: number): void {
    const seat = this.byMember.get(member);
    if (seat === undefined) return;
    this.updateSleep(seat, nowUs);
    this.updateTransport(seat);
    this.updateAllowance(seat, nowUs);
    for (const other of this.byMember.values()) {
      if (other === seat || other.member.seat !== other.place) continue;
      this.store(seat, other, nowUs);
      this.store(other, seat, nowUs);
    }
  }

  private countPaths(): void {
    for (const seat of this.byMember.values()) seat.copiesOut = 0;
    for (const listener of this.byMember.values()) {
      listener.voicesIn = 0;
      for (const talker of this.byMember.values()) {
        const bits = listener.bits[talker.index] as number;
        if ((bits & PairBit.p2p) !== 0) talker.copiesOut++;
        if ((bits & (PairBit.p2p | PairBit.sfu)) !== 0) listener.voicesIn++;
      }
    }
  }

  private updateSleep(seat: FlowSeat, nowUs: number): void {
    const awake = seat.member.host.state === 'up';
    if (awake && seat.asleepSinceUs >= 0) {
      seat.asleepUntilUs = nowUs;
      seat.asleepSinceUs = -1;
    } else if (!awake && seat.asleepSinceUs < 0) seat.asleepSinceUs = nowUs;
  }

  private updateAllowance(seat: FlowSeat, nowUs: number): void {
    const { allowance: before, member } = seat;
    const { allowance } = member;
    if (allowance === undefined || isSame(allowance, before)) return;
    seat.allowance = allowance;
    seat.reportEveryMs = allowance.reportEveryMs;
    if (allowance.play) seat.silentUntilUs = Math.min(seat.silentUntilUs, nowUs);
    else if (before.play) {
      seat.silentFromUs = nowUs;
      seat.silentUntilUs = Number.POSITIVE_INFINITY;
    }
    if (allowance.highestLayer !== before.highestLayer) this.shared.parts.ears.limited(member.host.id, nowUs);
    for (const pair of seat.heardBy) pair?.p2p?.uplink?.allow(allowance);
    this.allow(seat);
  }

  private allow(seat: FlowSeat): void {
    const streams = [...this.byMember.values()].flatMap(({ heardBy }) => heardBy[seat.index]?.sfu ?? []);
    seat.transport?.allow(seat.allowance, this.hasPeers(seat), streams, this.shared.parts.sim.nowUs / 1000);
  }

  /** Whether voice goes to it, or comes from it, peer to peer. */
  private hasPeers(seat: FlowSeat): boolean {
    for (const other of this.byMember.values())
      if ((((seat.bits[other.index] as number) | (other.bits[seat.index] as number)) & PairBit.p2p) !== 0) return true;
    return false;
  }

  private updateTransport(seat: FlowSeat): void {
    const attachment = this.attachmentOf(seat.member);
    if (attachment?.room === seat.transport?.room) return;
    for (const other of this.byMember.values()) {
      this.endStream(seat, other.heardBy[seat.index]);
      this.endStream(other, seat.heardBy[other.index]);
    }
    this.routeVersion = -1;
    if (attachment === undefined) seat.transport = null;
    else {
      const { room, node } = attachment;
      const older = this.hasPeers(seat);
      const rehearses = older && shouldRehearse(this.size - 1);
      seat.transport = new SfuTransport(this.shared.parts, room, node, this.rttMs(seat, node), rehearses);
      seat.transport.allow(seat.allowance, older, [], this.shared.parts.sim.nowUs / 1000);
    }
  }

  private endStream(listener: FlowSeat, pair: FlowPair | null | undefined): void {
    if (!pair || pair.sfu === null) return;
    listener.transport?.drop(pair.sfu);
    pair.sfu = null;
  }

  /** The newest room that the member is connected to. */
  private attachmentOf(member: HearingMember): SfuAttachment | undefined {
    return member.attachments.findLast(({ attached }) => attached);
  }

  private bitsOf(listener: FlowSeat, talker: FlowSeat): number {
    const { matrix, slot } = listener.place;
    const bits = matrix.bits[slot * matrix.capacity + talker.place.slot] as number;
    const plays = listener.allowance.play ? PairBit.playsP2p | PairBit.playsSfu : 0;
    return bits & (PairBit.p2p | PairBit.sfu | plays);
  }

  private store(listener: FlowSeat, talker: FlowSeat, nowUs: number): void {
    const before = listener.bits[talker.index] as number;
    const after = this.bitsOf(listener, talker);
    if (before === after) return;
    listener.bits[talker.index] = after;
    const pair = talker.heardBy[listener.index];
    if (!pair) return;
    for (const path of ['p2p', 'sfu'] as const satisfies readonly AudioPath[]) {
      if ((before & PairBit[path]) === 0 || (after & PairBit[path]) !== 0) continue;
      pair.lost(path, nowUs / 1000);
      const stream = pair[path];
      if (stream !== null) stream.goneSince = frameFrom(nowUs);
    }
    pair.paths = after;
    pair.play(playbackOf(after), nowUs / 1000);
  }

  private grow(): void {
    this.capacity *= 2;
    for (const seat of this.byMember.values()) {
      const bits = new Uint8Array(this.capacity);
      bits.set(seat.bits);
      seat.bits = bits;
    }
  }

  // migrations

  /** Looked at whenever something changes: a migration changes what is played. */
  private watchMigration(nowUs: number): void {
    const migrating = this.shared.parts.migrating(this.channelId);
    if (!migrating) this.migratedUntilUs = Math.min(this.migratedUntilUs, nowUs);
    else if (this.migratedUntilUs !== Number.POSITIVE_INFINITY) {
      this.migratedFromUs = nowUs;
      this.migratedUntilUs = Number.POSITIVE_INFINITY;
    }
  }

  /** The last migration counts. */
  private migratedAt(timeUs: number): boolean {
    return timeUs >= this.migratedFromUs && timeUs < this.migratedUntilUs;
  }
}

/** Number of the first frame that begins at a time or after it. */
function frameFrom(timeUs: number): number {
  return Math.ceil(timeUs / FRAME_US);
}

/** Whether an allowance is the one that is known; undefined: of a device that nothing is said of. */
function isSame(allowance: DeviceAllowance | undefined, known: DeviceAllowance): boolean {
  return (
    allowance === undefined ||
    (allowance.highestLayer === known.highestLayer &&
      allowance.publish === known.publish &&
      allowance.play === known.play &&
      allowance.reportEveryMs === known.reportEveryMs)
  );
}

function playbackOf(bits: number): Playback {
  if ((bits & PairBit.playsP2p) === 0) return (bits & PairBit.playsSfu) === 0 ? 'none' : 'sfu';
  return (bits & PairBit.playsSfu) === 0 ? 'p2p' : 'both';
}
