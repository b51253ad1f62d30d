import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { AccessLink } from './access-link.js';
import type { CloseReason } from './connection.js';
import { ConnectionLanes } from './connection-lanes.js';
import { type ConnectionSide, Phase, Route } from './connection-side.js';
import type { Endpoint } from './endpoint.js';
import { Lane } from './lane.js';
import type { NetworkOptions } from './network-options.js';
import type { DropCause, NetworkStatistics, TrafficStatistics } from './network-statistics.js';
import { Parcel } from './parcel.js';

/** Size of a packet without payload (SYN, FIN, RST), in bytes: IPv4 20 + TCP 20. */
const CONTROL_BYTES = 40;

/** What connections ask of the network they are in. */
export interface Paths {
  reachable(from: Host, to: Host): boolean;
  /** Delay between two access links, in microseconds. */
  backboneUs(from: Endpoint, to: Endpoint): number;
  /** One-way delay of the whole path without jitter and queues, in microseconds. */
  delayUs(from: Endpoint, to: Endpoint): number;
  /** The same with the jitter of one packet. */
  jitteredDelayUs(from: Endpoint, to: Endpoint): number;
  /** When a packet sent now gets on its way, in microseconds. */
  departureUs(from: Endpoint, to: Endpoint): number;
  /** So long before it enters the receiver's access link a packet may be put into that link's queue, in microseconds: none can overtake it. */
  lookaheadUs(to: Endpoint): number;
}

/** An ended connection on its way to the process. */
interface Ending {
  readonly side: ConnectionSide;
  readonly reason: CloseReason;
}

/**
 * Moves messages along connections. On a path with constant delay or jitter a message is one event. On any other path it goes
 * through the {@link Lane} of its direction: each transmission is simulated, a lost one is repeated after the retransmission
 * time-out, what arrives early waits for its turn. A cut path stalls the lane; nothing polls.
 *
 * Bookkeeping of trouble: `stalled` holds the sides that wait for an answer across a cut; `halfOpen` those whose peer ended
 * and could not say so. Both are looked at when a partition heals.
 */
export class ConnectionEngine {
  /** Raised whenever a route may have changed: sides look up theirs again. */
  routeVersion = 0;
  /** True while there are partitions or clogs. */
  disturbed = false;
  readonly traffic: TrafficStatistics;
  /** Lanes whose sides need none at the moment. */
  private readonly spareLanes: Lane[] = [];
  private readonly stalled = new Set<ConnectionSide>();
  private readonly halfOpen = new Set<ConnectionSide>();
  /** For explored worlds. */
  readonly lanes = new ConnectionLanes();

  constructor(
    readonly sim: Simulation,
    readonly options: NetworkOptions,
    private readonly paths: Paths,
    private readonly statistics: NetworkStatistics,
  ) {
    this.traffic = statistics.messages;
    if (!sim.isExplored) return;
    const lane = (parcel: Parcel) => this.lanes.of(parcel.to);
    for (const callback of [this.transmit, this.enterDown, this.arrive, this.receive]) sim.describe(callback, lane);
  }

  // ---- the way there

  /** Everything but an undisturbed path with constant delay. */
  sendSlowly(side: ConnectionSide, parcel: Parcel): void {
    if (side.routeVersion !== this.routeVersion) this.lookUpRoute(side);
    let departureUs = this.sim.nowUs;
    if (this.disturbed) {
      if (!this.paths.reachable(side.home.host, side.away.host)) {
        if (side.lane === null) side.lane = this.spareLanes.pop() ?? new Lane();
        side.lane.push(parcel);
        this.wait(side, side.lane, parcel);
        return;
      }
      // The message gets there but its acknowledgement does not come back: the sender will give up all the same.
      if (!this.paths.reachable(side.away.host, side.home.host)) this.startStall(side);
      departureUs = this.paths.departureUs(side.home, side.away);
    }
    if (side.route === Route.general || side.lane !== null) {
      if (side.lane === null) side.lane = this.spareLanes.pop() ?? new Lane();
      side.lane.push(parcel);
      parcel.sentUs = this.sim.nowUs;
      if (side.lane.stalled) parcel.waiting = true;
      else this.transmit(parcel);
      return;
    }
    const delayUs = side.route === Route.plain ? side.delayUs : this.paths.jitteredDelayUs(side.home, side.away);
    const arrivalUs = departureUs + delayUs;
    if (arrivalUs > side.lastArrivalUs) side.lastArrivalUs = arrivalUs;
    this.sim.at(side.lastArrivalUs, this.receive, parcel);
  }

  /** One transmission of a parcel in a lane. */
  private readonly transmit = (parcel: Parcel): void => {
    const side = parcel.to.peer as ConnectionSide;
    if (parcel.dead) return;
    const lane = side.lane as Lane;
    if (lane.stalled || (this.disturbed && !this.paths.reachable(side.home.host, side.away.host))) {
      this.wait(side, lane, parcel);
      return;
    }
    const departureUs = this.disturbed ? this.paths.departureUs(side.home, side.away) : this.sim.nowUs;
    if (departureUs > this.sim.nowUs) {
      this.sim.at(departureUs, this.transmit, parcel);
      return;
    }
    const exitUs = side.home.up.pass(departureUs, parcel.bytes, true);
    if (exitUs < 0) {
      this.retransmitLater(side, parcel);
      return;
    }
    const entryUs = exitUs + this.paths.backboneUs(side.home, side.away);
    if (side.away.down.queued) {
      const knownUs = entryUs - this.paths.lookaheadUs(side.away);
      if (knownUs > this.sim.nowUs) {
        this.sim.at(knownUs, this.enterDown, parcel);
        return;
      }
    }
    this.passDown(side, parcel, entryUs);
  };

  private readonly enterDown = (parcel: Parcel): void => {
    if (parcel.dead) return;
    const side = parcel.to.peer as ConnectionSide;
    this.passDown(side, parcel, this.sim.nowUs + this.paths.lookaheadUs(side.away));
  };

  private passDown(side: ConnectionSide, parcel: Parcel, entryUs: number): void {
    const arrivalUs = side.away.down.pass(entryUs, parcel.bytes, false);
    if (arrivalUs < 0) {
      this.retransmitLater(side, parcel);
      return;
    }
    if (arrivalUs > side.lastArrivalUs) side.lastArrivalUs = arrivalUs;
    this.sim.at(side.lastArrivalUs, this.arrive, parcel);
  }

  /** All of a parcel has come through a lane: hands over what is next in order. */
  private readonly arrive = (parcel: Parcel): void => {
    if (parcel.dead) return;
    parcel.arrived = true;
    const side = parcel.to.peer as ConnectionSide;
    const lane = side.lane as Lane;
    for (let next = lane.shiftArrived(); next !== null; next = lane.shiftArrived()) this.receive(next);
    if (lane.empty && side.lane === lane) {
      side.lane = null;
      lane.reset();
      this.spareLanes.push(lane);
    }
  };

  /** The sender notices a loss by its retransmission time-out (RFC 6298), which doubles; at last it gives up. */
  private retransmitLater(side: ConnectionSide, parcel: Parcel): void {
    const timeoutUs = this.retransmitUs(side);
    let waitUs = timeoutUs;
    for (let retry = 0; retry < parcel.retries && waitUs < this.retransmitMaxUs; retry++) waitUs *= 2;
    parcel.retries++;
    const nextUs = this.sim.nowUs + Math.min(waitUs, this.retransmitMaxUs);
    const giveUpUs = parcel.sentUs + this.options.connectionTimeoutMs * 1000;
    if (nextUs >= giveUpUs) {
      this.sim.at(Math.max(this.sim.nowUs, Math.round(giveUpUs)), this.giveUpOn, parcel);
      return;
    }
    this.traffic.retransmissions++;
    this.sim.at(Math.round(nextUs), this.transmit, parcel);
  }

  private readonly giveUpOn = (parcel: Parcel): void => {
    if (!parcel.dead) this.timeOut(parcel.to.peer as ConnectionSide);
  };

  private get retransmitMaxUs(): number {
    return this.options.retransmitMaxMs * 1000;
  }

  /** First retransmission time-out of a side, in microseconds: max(200 ms, 2 RTT) with the default options. */
  private retransmitUs(side: ConnectionSide): number {
    const { home, away } = side;
    const roundTripUs = this.paths.delayUs(home, away) + this.paths.delayUs(away, home);
    return Math.min(Math.max(this.options.retransmitMinMs * 1000, 2 * roundTripUs), this.retransmitMaxUs);
  }

  private lookUpRoute(side: ConnectionSide): void {
    const up: AccessLink = side.home.up;
    const down: AccessLink = side.away.down;
    side.routeVersion = this.routeVersion;
    side.delayUs = this.paths.delayUs(side.home, side.away);
    if (side.home === side.away) side.route = Route.plain;
    else if (up.plain && down.plain) side.route = Route.plain;
    else if (up.steady && down.steady) side.route = Route.jittered;
    else side.route = Route.general;
  }

  // ---- arrival

  /** Something has reached the receiving host, in order. */
  readonly receive = (parcel: Parcel): void => {
    const side = parcel.to;
    if (side.phase === Phase.closed) {
      this.answerWithReset(side, parcel);
      return;
    }
    switch (parcel.kind) {
      case 'data':
        if (side.home.host.ready) this.hand(parcel);
        else {
          side.home.waitingMessages++;
          side.home.host.execute(this.handWaited, parcel);
        }
        return;
      case 'open':
        this.clearStall(side);
        side.phase = Phase.open;
        this.statistics.connectionsOpened++;
        side.home.host.execute(open, side);
        return;
      case 'fin':
        side.closeDetail = parcel.message as string | undefined;
        this.end(side, 'closed', 'connection');
        return;
      case 'reset':
        this.end(side, side.phase === Phase.connecting ? 'refused' : 'reset', 'connection');
    }
  };

  private readonly handWaited = (parcel: Parcel): void => {
    parcel.to.home.waitingMessages--;
    this.hand(parcel);
  };

  private hand(parcel: Parcel): void {
    const side = parcel.to;
    this.traffic.inFlight--;
    if (side.told) {
      this.traffic.dropped.connection++;
      return;
    }
    this.traffic.delivered++;
    const { message } = parcel;
    this.sim.trace.messageBetween(side.away.host, side.home.host, messageKind(message) ?? side.service, side.id);
    side.handlers.onMessage?.(message, side);
  }

  /** Data for a side that is gone: its host answers with a reset. */
  private answerWithReset(side: ConnectionSide, parcel: Parcel): void {
    if (parcel.kind === 'data') this.drop('connection', 1);
    const sender = side.peer;
    if (sender !== null && sender.phase !== Phase.closed && parcel.kind !== 'reset') this.sendReset(side, sender);
  }

  // ---- the end

  /** The local process closes. */
  closeLocally(side: ConnectionSide, reason: string | undefined): void {
    side.told = true;
    if (side.phase === Phase.closed) return;
    const peer = side.peer;
    this.leave(side);
    if (peer !== null && peer.phase !== Phase.closed) side.dispatch('fin', reason, CONTROL_BYTES);
  }

  /** A process has ended: its sides are gone without a word, and its kernel resets their peers. */
  crash(endpoint: Endpoint): void {
    this.drop('host-down', endpoint.waitingMessages);
    endpoint.waitingMessages = 0;
    for (let side = endpoint.sides; side !== null; side = endpoint.sides) {
      side.told = true;
      this.leave(side);
      this.abandonLane(side, 'host-down');
      if (side.peer !== null && side.peer.phase !== Phase.closed) this.sendReset(side, side.peer);
    }
  }

  /** This side gives up: no answer for too long. */
  private timeOut(side: ConnectionSide): void {
    const wasOpen = side.phase !== Phase.closed;
    const peer = side.peer;
    if (wasOpen) this.end(side, 'timeout', 'timeout');
    else this.abandonLane(side, 'timeout');
    if (peer !== null && peer.phase !== Phase.closed) this.sendReset(side, peer);
  }

  /** Ends a side and lets its process know. */
  end(side: ConnectionSide, reason: CloseReason, cause: DropCause): void {
    if (side.phase === Phase.closed) return;
    if (side.phase === Phase.connecting) this.statistics.connectsFailed++;
    this.leave(side);
    this.abandonLane(side, cause);
    side.home.host.execute(tell, { side, reason });
  }

  /** The side has given up on a connect that the other host had already accepted. */
  resetPeerOf(side: ConnectionSide): void {
    if (side.peer !== null && side.peer.phase !== Phase.closed) this.sendReset(side, side.peer);
  }

  /** The other host answers a connect with a reset. */
  refuse(side: ConnectionSide): void {
    const { home, away } = side;
    if (!this.paths.reachable(away.host, home.host)) return; // the connect time-out will end it
    const delayUs = this.paths.jitteredDelayUs(away, home);
    this.sim.at(
      this.paths.departureUs(away, home) + delayUs,
      this.receive,
      new Parcel(side, 'reset', undefined, CONTROL_BYTES),
    );
  }

  /** One-way message that cannot be lost, only cut off: then the peer is left half open and will find out by itself. */
  private sendReset(from: ConnectionSide, to: ConnectionSide): void {
    if (!this.paths.reachable(from.home.host, to.home.host)) {
      this.halfOpen.add(to);
      return;
    }
    if (from.routeVersion !== this.routeVersion) this.lookUpRoute(from);
    const arrivalUs = this.paths.departureUs(from.home, from.away) + from.delayUs;
    if (arrivalUs > from.lastArrivalUs) from.lastArrivalUs = arrivalUs;
    this.sim.at(from.lastArrivalUs, this.receive, new Parcel(to, 'reset', undefined, CONTROL_BYTES));
  }

  private leave(side: ConnectionSide): void {
    side.phase = Phase.closed;
    side.home.unlink(side);
    this.clearStall(side);
    this.halfOpen.delete(side);
  }

  private abandonLane(side: ConnectionSide, cause: DropCause): void {
    this.clearStall(side);
    if (side.lane === null) return;
    this.drop(cause, side.lane.abandon());
    side.lane = null;
  }

  private drop(cause: DropCause, count: number): void {
    this.traffic.inFlight -= count;
    this.traffic.dropped[cause] += count;
  }

  // ---- cut paths

  /**
   * Partitions have changed: restarts what can go on, and lets idle connections across a new cut notice it in time.
   * @param cutSide the hosts on one side of a new cut
   */
  reachabilityChanged(cutSide: Iterable<Endpoint>): void {
    for (const side of [...this.stalled]) this.tryToResume(side);
    for (const side of [...this.halfOpen]) {
      if (!this.cut(side)) {
        this.halfOpen.delete(side);
        this.sim.after(this.options.keepAliveMs * 1000, this.probe, side);
      }
    }
    for (const endpoint of cutSide) {
      for (let side = endpoint.sides; side !== null; side = side.next) {
        if (side.phase === Phase.open && this.cut(side)) {
          this.sim.after(this.options.keepAliveMs * 1000, this.keepAlive, side);
        }
      }
    }
  }

  private cut(side: ConnectionSide): boolean {
    const local = side.home.host;
    const remote = side.away.host;
    return !this.paths.reachable(local, remote) || !this.paths.reachable(remote, local);
  }

  private wait(side: ConnectionSide, lane: Lane, parcel: Parcel): void {
    parcel.waiting = true;
    lane.stalled = true;
    this.startStall(side);
  }

  private startStall(side: ConnectionSide): void {
    if (side.stall !== null) return;
    const handle = this.sim.after(this.options.connectionTimeoutMs * 1000, this.stallTimeout, side);
    side.stall = { sinceUs: this.sim.nowUs, handle };
    this.stalled.add(side);
  }

  private clearStall(side: ConnectionSide): void {
    if (side.stall === null) return;
    this.sim.cancel(side.stall.handle);
    side.stall = null;
    this.stalled.delete(side);
  }

  private readonly stallTimeout = (side: ConnectionSide): void => {
    if (side.stall !== null) this.timeOut(side);
  };

  /** The path may be back: the sender finds out at its next retransmission, whose time-out has doubled since the stall began. */
  private tryToResume(side: ConnectionSide): void {
    if (side.lane === null || !side.lane.stalled) {
      if (!this.cut(side)) this.clearStall(side);
      return;
    }
    if (side.stall === null || !this.paths.reachable(side.home.host, side.away.host)) return;
    let waitUs = this.retransmitUs(side);
    let retryUs = side.stall.sinceUs + waitUs;
    while (retryUs < this.sim.nowUs) {
      waitUs = Math.min(waitUs * 2, this.retransmitMaxUs);
      retryUs += waitUs;
    }
    this.sim.at(Math.round(retryUs), this.resume, side);
  }

  private readonly resume = (side: ConnectionSide): void => {
    const lane = side.lane;
    if (lane === null || !lane.stalled || !this.paths.reachable(side.home.host, side.away.host)) return;
    lane.stalled = false;
    if (!this.cut(side)) this.clearStall(side);
    for (const parcel of lane.takeWaiting()) {
      parcel.retries = 0;
      parcel.sentUs = this.sim.nowUs;
      this.transmit(parcel);
    }
  };

  /** Both sides have sent a keep-alive that nobody answered. */
  private readonly keepAlive = (side: ConnectionSide): void => {
    if (!this.cut(side)) return;
    if (side.phase === Phase.open) this.startStall(side);
    if (side.peer !== null && side.peer.phase === Phase.open) this.startStall(side.peer);
  };

  /** A side whose peer is gone sends a keep-alive and is reset. */
  private readonly probe = (side: ConnectionSide): void => {
    if (side.phase === Phase.closed) return;
    if (this.cut(side)) this.halfOpen.add(side);
    else this.end(side, 'reset', 'connection');
  };
}

function open(side: ConnectionSide): void {
  if (!side.told) side.handlers.onOpen?.(side);
}

function tell(ending: Ending): void {
  ending.side.tell(ending.reason);
}

/** A short name of a message for sequence diagrams: its `type`, when it has one. */
function messageKind(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type } = message as { type?: unknown };
  return typeof type === 'string' ? type : undefined;
}
