import { DeadairError, ExitCode } from '../errors.js';
import type { Host } from '../hosts/index.js';
import type { EventHandle, EventLane } from '../kernel/index.js';
import type { CloseReason, Connection, ConnectionHandlers } from './connection.js';
import type { ConnectionEngine } from './connection-engine.js';
import type { Endpoint } from './endpoint.js';
import type { Lane } from './lane.js';
import { Parcel, type ParcelKind } from './parcel.js';

/** Progress of one side, as its host's kernel sees it. */
export const Phase = { connecting: 0, open: 1, closed: 2 } as const;

/** How much work a message on a route is: constant delay; delay and jitter; everything else. */
export const Route = { plain: 0, jittered: 1, general: 2 } as const;

/** Since when a side waits for an answer that the network does not let through, and the timer that gives up. */
export interface Stall {
  readonly sinceUs: number;
  readonly handle: EventHandle;
}

/** One side of a connection with its outgoing direction. Small: ten thousand clients have two each. */
export class ConnectionSide implements Connection {
  handlers: ConnectionHandlers;
  data?: unknown;
  /** @internal */
  phase: number = Phase.connecting;
  /** The process knows that it is closed (its own close, a crash, or `onClose` has run). @internal */
  told = false;
  /** @internal */
  peer: ConnectionSide | null = null;
  /** Version of the network's routes that `route` and `delayUs` belong to. @internal */
  routeVersion = -1;
  /** @internal */
  route: number = Route.general;
  /** One-way delay without jitter, in microseconds. @internal */
  delayUs = 0;
  /** Latest arrival planned in this direction; fractional at first so that engines store it as a double from the start. @internal */
  lastArrivalUs = -0.5;
  /** @internal */
  lane: Lane | null = null;
  /** In an explored world: of what it receives. @internal */
  eventLane: EventLane | null = null;
  /** @internal */
  stall: Stall | null = null;
  /** Neighbours in the endpoint's list. @internal */
  previous: ConnectionSide | null = null;
  /** @internal */
  next: ConnectionSide | null = null;
  closeDetail: string | undefined = undefined;
  /** It has accepted the connection. @internal */
  isServer = false;

  constructor(
    private readonly engine: ConnectionEngine,
    readonly id: number,
    readonly service: string,
    /** @internal */
    readonly home: Endpoint,
    /** @internal */
    readonly away: Endpoint,
    handlers: ConnectionHandlers,
  ) {
    this.handlers = handlers;
  }

  get local(): Host {
    return this.home.host;
  }

  get remote(): Host {
    return this.away.host;
  }

  get open(): boolean {
    return this.phase === Phase.open && !this.told;
  }

  send(message: unknown, bytes = this.engine.options.messageBytes): void {
    if (this.phase !== Phase.open) {
      if (this.phase === Phase.closed) return;
      throw new DeadairError(
        'net.not-open',
        `${this.local.id} sends on ${this.service} before onOpen`,
        ExitCode.internal,
      );
    }
    const traffic = this.engine.traffic;
    traffic.sent++;
    traffic.sentBytes += bytes;
    traffic.inFlight++;
    this.dispatch('data', message, bytes);
  }

  close(reason?: string): void {
    this.engine.closeLocally(this, reason);
  }

  /** Puts something on its way to the other side, behind what was sent before. @internal */
  dispatch(kind: ParcelKind, message: unknown, bytes: number): void {
    const parcel = new Parcel(this.peer as ConnectionSide, kind, message, bytes);
    const engine = this.engine;
    if (
      this.route !== Route.plain ||
      this.lane !== null ||
      engine.disturbed ||
      this.routeVersion !== engine.routeVersion
    ) {
      engine.sendSlowly(this, parcel);
      return;
    }
    const arrivalUs = engine.sim.nowUs + this.delayUs;
    if (arrivalUs > this.lastArrivalUs) this.lastArrivalUs = arrivalUs;
    engine.sim.at(this.lastArrivalUs, engine.receive, parcel);
  }

  /** Runs on the local host: the process learns that the connection ended. @internal */
  tell(reason: CloseReason): void {
    if (this.told) return;
    this.told = true;
    this.handlers.onClose?.(reason, this);
  }
}
