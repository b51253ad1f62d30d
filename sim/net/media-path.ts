import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import { LOST } from './access-link.js';
import type { Paths } from './connection-engine.js';
import type { Endpoint } from './endpoint.js';
import type { MediaPacket, MediaPackets } from './media-packet.js';
import type { DropCause, TrafficStatistics } from './network-statistics.js';

/** Where a packet is lost: on its sender's access link, on its receiver's, or on neither. */
export type LostOn = 'uplink' | 'downlink' | 'between';

/** Sees every packet of media of one host's access link, e.g. to write a capture. Packets are pooled: copy what is needed. */
export interface MediaObserver {
  /** The host sends a packet. */
  sent(packet: MediaPacket, to: Host): void;
  /** A packet has arrived at the host. */
  delivered(packet: MediaPacket, from: Host): void;
  /** A packet from or to the host is lost now. */
  dropped(packet: MediaPacket, from: Host, to: Host, cause: DropCause, on: LostOn): void;
}

/**
 * The way of media packets from one host to another: the same links, order and trouble as a {@link DatagramPath}, made for
 * many packets. Three things differ. Packets are pooled. Nothing is described to an explorer nor traced: media is never a choice. Nobody keeps a
 * packet for a process that is paused: it is lost (`host-down`).
 */
export class MediaPath {
  /** Sees what the sender sends. */
  fromObserver: MediaObserver | null = null;
  /** Sees what the receiver gets. */
  toObserver: MediaObserver | null = null;
  private lastEntryUs = 0;
  private lastArrivalUs = 0;

  constructor(
    private readonly sim: Simulation,
    private readonly paths: Paths,
    private readonly traffic: TrafficStatistics,
    private readonly packets: MediaPackets,
    private readonly from: Endpoint,
    private readonly to: Endpoint,
  ) {}

  /** Sends a packet, which belongs to the network from now on. `packet.receiver` gets it once, twice or never. */
  send(packet: MediaPacket): void {
    const { from, to, traffic } = this;
    if (from.host.state === 'down') {
      this.packets.give(packet);
      return;
    }
    packet.path = this;
    packet.sentUs = this.sim.nowUs;
    traffic.sent++;
    traffic.sentBytes += packet.bytes;
    traffic.inFlight++;
    if (this.fromObserver !== null) this.fromObserver.sent(packet, to.host);
    if (!this.paths.reachable(from.host, to.host)) {
      this.drop(packet, 'partition', 'between');
      return;
    }
    if (from === to) {
      this.sim.after(this.paths.delayUs(from, to), arrive, packet);
      return;
    }
    const departureUs = this.paths.departureUs(from, to);
    if (departureUs > this.sim.nowUs) this.sim.at(departureUs, depart, packet);
    else this.depart(packet);
  }

  private depart(packet: MediaPacket): void {
    const { up } = this.from;
    const { nowUs } = this.sim;
    if (!up.duplicating) {
      this.passUp(packet, nowUs);
      return;
    }
    // what has been lost is no longer ours to copy
    const copy = this.packets.take();
    copy.copy(packet);
    copy.sentUs = packet.sentUs;
    copy.path = this;
    this.passUp(packet, nowUs);
    if (!up.duplicates(nowUs)) {
      this.packets.give(copy);
      return;
    }
    this.traffic.duplicated++;
    this.traffic.inFlight++;
    this.passUp(copy, nowUs);
  }

  private passUp(packet: MediaPacket, departureUs: number): void {
    const { up } = this.from;
    let entryUs = up.pass(departureUs, packet.bytes, false);
    if (entryUs < 0) {
      this.drop(packet, entryUs === LOST ? 'loss' : 'queue', 'uplink');
      return;
    }
    entryUs += this.paths.backboneUs(this.from, this.to);
    const late = up.heldBack;
    if (!late) {
      if (entryUs < this.lastEntryUs) entryUs = this.lastEntryUs;
      else this.lastEntryUs = entryUs;
    }
    // a queue takes packets in the order of time
    if (this.to.down.queued) {
      const knownUs = entryUs - this.paths.lookaheadUs(this.to);
      if (knownUs > this.sim.nowUs) {
        this.sim.at(knownUs, late ? enterDownLate : enterDown, packet);
        return;
      }
    }
    this.passDown(packet, entryUs, late);
  }

  private enterDown(packet: MediaPacket, late: boolean): void {
    this.passDown(packet, this.sim.nowUs + this.paths.lookaheadUs(this.to), late);
  }

  private passDown(packet: MediaPacket, entryUs: number, late: boolean): void {
    const { down } = this.to;
    let arrivalUs = down.pass(entryUs, packet.bytes, false);
    if (arrivalUs < 0) {
      this.drop(packet, arrivalUs === LOST ? 'loss' : 'queue', 'downlink');
      return;
    }
    if (!late && !down.heldBack) {
      if (arrivalUs < this.lastArrivalUs) arrivalUs = this.lastArrivalUs;
      else this.lastArrivalUs = arrivalUs;
    }
    this.sim.at(arrivalUs, arrive, packet);
    if (!down.duplicating || !down.duplicates(entryUs)) return;
    const copy = this.packets.take();
    copy.copy(packet);
    copy.sentUs = packet.sentUs;
    copy.path = this;
    this.traffic.duplicated++;
    this.traffic.inFlight++;
    this.sim.at(arrivalUs, arrive, copy);
  }

  private arrive(packet: MediaPacket): void {
    if (this.to.host.state !== 'up') {
      this.drop(packet, 'host-down', 'between');
      return;
    }
    this.traffic.inFlight--;
    this.traffic.delivered++;
    if (this.toObserver !== null) this.toObserver.delivered(packet, this.from.host);
    packet.receiver?.onMedia(packet);
    this.packets.give(packet);
  }

  private drop(packet: MediaPacket, cause: DropCause, on: LostOn): void {
    this.traffic.inFlight--;
    this.traffic.dropped[cause]++;
    const { from, to } = this;
    this.fromObserver?.dropped(packet, from.host, to.host, cause, on);
    this.toObserver?.dropped(packet, from.host, to.host, cause, on);
    this.packets.give(packet);
  }

  /** @internal entry points of the kernel's events */
  static readonly events = {
    depart: (packet: MediaPacket): void => packet.path!.depart(packet),
    enterDown: (packet: MediaPacket): void => packet.path!.enterDown(packet, false),
    enterDownLate: (packet: MediaPacket): void => packet.path!.enterDown(packet, true),
    arrive: (packet: MediaPacket): void => packet.path!.arrive(packet),
  };
}

const { depart, enterDown, enterDownLate, arrive } = MediaPath.events;
