import { EventLane, type Simulation } from '../kernel/index.js';
import { LOST } from './access-link.js';
import type { Paths } from './connection-engine.js';
import type { Endpoint } from './endpoint.js';
import type { DropCause, TrafficStatistics } from './network-statistics.js';

/** A datagram on its way. */
class Datagram {
  constructor(
    readonly path: DatagramPath,
    readonly bytes: number,
    readonly deliver: (arg: unknown) => void,
    readonly arg: unknown,
  ) {}
}

/** The way of datagrams from one host to another. Keeps one number: the latest arrival, since nothing overtakes unasked. */
export class DatagramPath {
  private lastEntryUs = 0;
  private lastArrivalUs = 0;
  private readonly lane: EventLane | null = null;

  constructor(
    private readonly sim: Simulation,
    private readonly paths: Paths,
    private readonly traffic: TrafficStatistics,
    private readonly from: Endpoint,
    private readonly to: Endpoint,
  ) {
    if (!sim.isExplored) return;
    this.lane = new EventLane(`${from.host.id}>${to.host.id} datagrams`, to.host.id);
    for (const callback of [enterDown, enterDownLate, arrive]) sim.describe(callback, ({ path }) => path.lane);
  }

  /**
   * Sends a datagram; the process of a host that is down cannot. `deliver(arg)` runs on the receiving host, once, twice or never.
   * @param bytes size on the wire
   */
  send<A>(bytes: number, deliver: (arg: A) => void, arg: A): void {
    const { from, to, traffic } = this;
    if (from.host.state === 'down') return;
    traffic.sent++;
    traffic.sentBytes += bytes;
    traffic.inFlight++;
    if (!this.paths.reachable(from.host, to.host)) {
      this.drop('partition');
      return;
    }
    const datagram = new Datagram(this, bytes, deliver as (arg: unknown) => void, arg);
    if (from === to) {
      this.sim.after(this.paths.delayUs(from, to), arrive, datagram);
      return;
    }
    const departureUs = this.paths.departureUs(from, to);
    if (departureUs > this.sim.nowUs) this.sim.at(departureUs, depart, datagram);
    else this.depart(datagram);
  }

  private depart(datagram: Datagram): void {
    const { nowUs } = this.sim;
    this.passUp(datagram, nowUs);
    if (this.from.up.duplicates(nowUs)) {
      this.traffic.duplicated++;
      this.traffic.inFlight++;
      this.passUp(datagram, nowUs);
    }
  }

  private passUp(datagram: Datagram, departureUs: number): void {
    const { up } = this.from;
    let entryUs = up.pass(departureUs, datagram.bytes, false);
    if (entryUs < 0) {
      this.drop(entryUs === LOST ? 'loss' : 'queue');
      return;
    }
    entryUs += this.paths.backboneUs(this.from, this.to);
    const late = up.heldBack;
    if (!late) entryUs = this.lastEntryUs = Math.max(entryUs, this.lastEntryUs);
    if (this.to.down.queued) {
      const knownUs = entryUs - this.paths.lookaheadUs(this.to);
      if (knownUs > this.sim.nowUs) {
        this.sim.at(knownUs, late ? enterDownLate : enterDown, datagram);
        return;
      }
    }
    this.passDown(datagram, entryUs, late);
  }

  private enterDown(datagram: Datagram, late: boolean): void {
    this.passDown(datagram, this.sim.nowUs + this.paths.lookaheadUs(this.to), late);
  }

  private passDown(datagram: Datagram, entryUs: number, late: boolean): void {
    const { down } = this.to;
    let arrivalUs = down.pass(entryUs, datagram.bytes, false);
    if (arrivalUs < 0) {
      this.drop(arrivalUs === LOST ? 'loss' : 'queue');
      return;
    }
    if (!late && !down.heldBack) arrivalUs = this.lastArrivalUs = Math.max(arrivalUs, this.lastArrivalUs);
    this.sim.at(arrivalUs, arrive, datagram);
    if (down.duplicates(entryUs)) {
      this.traffic.duplicated++;
      this.traffic.inFlight++;
      this.sim.at(arrivalUs, arrive, datagram);
    }
  }

  private arrive(datagram: Datagram): void {
    const { host } = this.to;
    if (host.ready) {
      this.traffic.inFlight--;
      this.traffic.delivered++;
      datagram.deliver(datagram.arg);
    } else if (host.state === 'down') {
      this.drop('host-down');
    } else {
      this.to.waitingDatagrams++;
      host.execute(handWaited, datagram);
    }
  }

  private handWaited(datagram: Datagram): void {
    this.to.waitingDatagrams--;
    this.traffic.inFlight--;
    this.traffic.delivered++;
    datagram.deliver(datagram.arg);
  }

  private drop(cause: DropCause): void {
    this.traffic.inFlight--;
    this.traffic.dropped[cause]++;
    this.sim.trace.record(this.from.host.id, 'net.drop', cause);
  }

  /** @internal entry points of the kernel's events */
  static readonly events = {
    depart: (datagram: Datagram): void => datagram.path.depart(datagram),
    enterDown: (datagram: Datagram): void => datagram.path.enterDown(datagram, false),
    enterDownLate: (datagram: Datagram): void => datagram.path.enterDown(datagram, true),
    arrive: (datagram: Datagram): void => datagram.path.arrive(datagram),
    handWaited: (datagram: Datagram): void => datagram.path.handWaited(datagram),
  };
}

const { depart, enterDown, enterDownLate, arrive, handWaited } = DatagramPath.events;
