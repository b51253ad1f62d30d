import { WeightedHistogram } from '../../media/ears/weighted-histogram.js';
import { FluidQueue } from '../../media/flow/fluid-queue.js';
import type { NodeLimits } from './node-limits.js';
import type { NodeProfile } from './node-profile.js';

/** From the socket to the router and back, besides waiting and working: a wake-up. Our choice, in microseconds. */
export const WAKE_US = 200;

/** A layer that was changed is left alone for this long (mediasoup). */
const FALLBACK_HOLD_US = 10_000_000;

/** How one interval went. Shares of what there is; 1 and above: too much. */
export interface NodeInterval {
  /** Work that arrived, over what the cores can do. */
  readonly cpuShare: number;
  readonly memoryShare: number;
  /** The busier direction of the card; 0 without a limit. */
  readonly cardShare: number;
  /** Share of the packets that was dropped for lack of CPU. */
  readonly dropShare: number;
}

const IDLE: NodeInterval = { cpuShare: 0, memoryShare: 0, cardShare: 0, dropShare: 0 };

/**
 * The machine that an SFU node runs on: cores, memory, card, and how full they are. Work is counted as it comes, by whichever fidelity
 * carries voice, and looked at once an interval.
 *
 * All cores serve one queue, like a single one that is `cores` times as fast; what a packet costs grows with its copies, so the queue is
 * M/G/1, and M/D/1 where all rooms are alike. Software that ties a room to a core waits longer: give it a profile with one core.
 * What a profile says of heads (`coresPerParticipant`, `idleCores`) is work that comes with the packets.
 */
export class NodeMachine {
  last: NodeInterval = IDLE;
  /** Takes nobody and nothing new, until it has recovered. */
  overloaded = false;
  /** An operator, or autoscaling, wants it empty: no new rooms. */
  draining = false;
  participants = 0;
  rooms = 0;
  // since the start
  packetsIn = 0;
  packetsOut = 0;
  dropped = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Turned away: rooms, and people. */
  refusals = 0;
  overloadedUs = 0;
  /** Packets served one by one, and their time inside with the integral of how many there are: Little's law ties them. */
  readonly queue = { inside: 0, served: 0, sojournUs: 0, areaUs: 0, changedUs: 0 };
  /** Packets of voice that were served one by one: what has come is these, those dropped, and those inside. */
  handled = 0;
  private readonly fluid = new FluidQueue();
  private readonly before = { packetsIn: 0, packetsOut: 0, dropped: 0, bytesIn: 0, bytesOut: 0, workUs: 0 };
  private workUs = 0;
  private headUsPerPacket = 0;
  /** Since the last change of what is left out. */
  private fallbackUs = FALLBACK_HOLD_US;
  private fluidDelayUs = WAKE_US;
  private fluidLoss = 0;

  constructor(
    readonly profile: NodeProfile,
    readonly limits: NodeLimits,
    /** Takes the time that packets spend inside, weighted by copies, in ms. */
    readonly forwarding: WeightedHistogram = new WeightedHistogram(0.01),
  ) {}

  /** A process starts: nothing of the former one is left. Sums stay. */
  restart(): void {
    this.last = IDLE;
    this.overloaded = this.draining = this.lowestLayerOnly = false;
    this.participants = this.rooms = 0;
    this.headUsPerPacket = 0;
    this.fluid.backlogBytes = this.fluid.lossShare = this.fluid.waitUs = 0;
    this.fluidDelayUs = WAKE_US;
    this.fluidLoss = 0;
  }

  /** Packets of voice have arrived. */
  received(packets: number, bytes: number): void {
    this.packetsIn += packets;
    this.bytesIn += bytes;
  }

  /** Copies are sent. */
  forwarded(copies: number, bytes: number): void {
    this.packetsOut += copies;
    this.bytesOut += bytes;
  }

  /** Only the lowest layer is forwarded now. Not changed again before 10 s are over: layers must not flap. */
  lowestLayerOnly = false;

  /**
   * Takes nobody at all: no place, or half of the memory that is kept free is gone. Who comes with a token has been let in by a backend that knew
   * no better a second ago, and is not turned away for less.
   */
  get full(): boolean {
    const { participantsMax, memoryFullShare } = this.limits;
    if (participantsMax !== null && this.participants >= participantsMax) return true;
    return this.memoryShareWith(1, 0) > (1 + memoryFullShare) / 2;
  }

  /** Takes no new room, and asks backends to send nobody. */
  get closed(): boolean {
    return this.overloaded || this.full || this.memoryShareWith(1, 1) > this.limits.memoryFullShare;
  }

  /** How full it is: the scarcest of CPU, memory, card and places, 0 and up. */
  get load(): number {
    const { cpuShare, cardShare } = this.last;
    const { participantsMax } = this.limits;
    const places = participantsMax === null ? 0 : this.participants / participantsMax;
    return Math.max(cpuShare, cardShare, this.memoryShareWith(0, 0), places);
  }

  // packet by packet

  /** Time for which all cores together are busy with a packet and its copies, in microseconds. */
  serviceUs(copies: number): number {
    const { cores, coreUsPerPacketIn, coreUsPerPacketOut } = this.profile;
    const workUs = coreUsPerPacketIn + copies * coreUsPerPacketOut + this.headUsPerPacket;
    this.workUs += workUs - this.headUsPerPacket;
    this.handled++;
    return workUs / cores;
  }

  entered(nowUs: number): void {
    this.countInside(nowUs, 1);
  }

  served(nowUs: number, enteredUs: number): void {
    this.countInside(nowUs, -1);
    this.queue.served++;
    this.queue.sojournUs += nowUs - enteredUs;
  }

  /** A packet found the queue full. */
  refusedPacket(): void {
    this.dropped++;
  }

  // interval by interval

  /** Mean time of a packet inside, after the last interval, in microseconds. */
  get delayUs(): number {
    return this.fluidDelayUs;
  }

  /** Share of packets that is dropped, after the last interval. */
  get lossShare(): number {
    return this.fluidLoss;
  }

  /** @param queued packets were served one by one: their waits have been told, and their work counted */
  endInterval(fromUs: number, untilUs: number, queued: boolean): NodeInterval {
    const { before, profile } = this;
    const { cores } = profile;
    const durationUs = untilUs - fromUs;
    const packets = this.packetsIn - before.packetsIn;
    const copies = this.packetsOut - before.packetsOut;
    const headUs = (profile.idleCores + profile.coresPerParticipant * this.participants) * durationUs;
    let dropShare = 0;
    let workUs = headUs;
    if (queued) {
      const dropped = this.dropped - before.dropped;
      dropShare = packets > 0 ? dropped / packets : 0;
      // what was dropped would have cost as much as the others
      workUs += (this.workUs - before.workUs) / Math.max(1e-9, 1 - dropShare);
    } else {
      workUs += packets * profile.coreUsPerPacketIn + copies * profile.coreUsPerPacketOut;
      dropShare = this.serveAsFluid(workUs / cores, packets, copies, durationUs);
    }
    this.headUsPerPacket = packets > 0 ? headUs / packets : 0;
    this.last = {
      cpuShare: workUs / cores / durationUs,
      memoryShare: this.memoryShareWith(0, 0),
      cardShare: this.cardShare(durationUs),
      dropShare,
    };
    this.lookAtLoad(durationUs);
    this.remember();
    return this.last;
  }

  private serveAsFluid(busyUs: number, packets: number, copies: number, durationUs: number): number {
    const serviceUs = packets > 0 ? busyUs / packets : 0;
    const { fluid } = this;
    // a core does a microsecond of work in a microsecond
    const offer = { bytes: busyUs, packetBytes: serviceUs, durationUs, rateKbps: 8_000, queueMs: this.limits.queueMs };
    fluid.offer(offer);
    this.fluidDelayUs = WAKE_US + fluid.waitUs + serviceUs / 2;
    this.fluidLoss = packets > 0 ? fluid.lossShare : 0;
    this.dropped += packets * this.fluidLoss;
    this.forwarding.add(this.fluidDelayUs / 1000, copies);
    return this.fluidLoss;
  }

  private countInside(nowUs: number, change: number): void {
    const { queue } = this;
    queue.areaUs += queue.inside * (nowUs - queue.changedUs);
    queue.changedUs = nowUs;
    queue.inside += change;
  }

  private cardShare(durationUs: number): number {
    const { cardMbps } = this.profile;
    if (cardMbps === null) return 0;
    const { before } = this;
    const bytes = Math.max(this.bytesIn - before.bytesIn, this.bytesOut - before.bytesOut);
    return (bytes * 8) / durationUs / cardMbps;
  }

  private memoryShareWith(participants: number, rooms: number): number {
    const { memoryMB, baseMemoryMB, memoryMBPerParticipant, memoryMBPerRouter } = this.profile;
    const people = memoryMBPerParticipant * (this.participants + participants);
    return (baseMemoryMB + people + memoryMBPerRouter * (this.rooms + rooms)) / memoryMB;
  }

  private lookAtLoad(durationUs: number): void {
    const { overloadShare, recoverShare } = this.limits;
    const busy = Math.max(this.last.cpuShare, this.last.cardShare);
    this.overloaded = this.overloaded ? busy > recoverShare : busy >= overloadShare;
    if (this.overloaded) this.overloadedUs += durationUs;
    this.fallbackUs += durationUs;
    if (this.limits.fallback === 'none' || this.overloaded === this.lowestLayerOnly) return;
    if (this.fallbackUs < FALLBACK_HOLD_US) return;
    this.lowestLayerOnly = this.overloaded;
    this.fallbackUs = 0;
  }

  private remember(): void {
    const { before } = this;
    before.packetsIn = this.packetsIn;
    before.packetsOut = this.packetsOut;
    before.dropped = this.dropped;
    before.bytesIn = this.bytesIn;
    before.bytesOut = this.bytesOut;
    before.workUs = this.workUs;
  }
}
