import { EventLane } from '../kernel/index.js';
import type { Connection } from './connection.js';
import type { ConnectionEngine, Paths } from './connection-engine.js';
import { ConnectionSide, Phase } from './connection-side.js';
import type { Endpoint } from './endpoint.js';

/** A connect under way. */
interface Attempt {
  readonly side: ConnectionSide;
  readonly roundTrips: number;
  /** Wait before the next try, in microseconds; doubles. */
  retryUs: number;
}

/**
 * Opens connections. A lost or cut-off packet of the handshake is repeated after 1 s, 2 s, 4 s ... (RFC 6298) until the connect
 * time-out. With one round trip (TCP) the kernel of the other host answers, even while its process is paused; with more, the process does.
 */
export class Handshakes {
  private readonly lanes = new Map<string, EventLane>();

  constructor(
    private readonly engine: ConnectionEngine,
    private readonly paths: Paths,
  ) {
    const { sim } = engine;
    if (sim.isExplored) sim.describe(this.answer, ({ side }) => this.lane(side));
  }

  /** The lane of connects from one host to another, in an explored world. */
  private lane({ home, away, service }: ConnectionSide): EventLane {
    const name = `${home.host.id}>${away.host.id} connect ${service}`;
    let lane = this.lanes.get(name);
    if (lane === undefined) {
      lane = new EventLane(name, away.host.id);
      this.lanes.set(name, lane);
    }
    return lane;
  }

  /** Starts to connect. The side must be in its endpoint's list. */
  begin(side: ConnectionSide, roundTrips: number): void {
    const { sim, options } = this.engine;
    const handle = sim.after(options.connectTimeoutMs * 1000, this.giveUp, side);
    side.stall = { sinceUs: sim.nowUs, handle };
    this.knock({ side, roundTrips, retryUs: options.connectRetryMs * 1000 });
  }

  private readonly giveUp = (side: ConnectionSide): void => {
    if (side.phase !== Phase.connecting) return;
    this.engine.end(side, 'timeout', 'timeout');
    this.engine.resetPeerOf(side);
  };

  private readonly knock = (attempt: Attempt): void => {
    const { side } = attempt;
    if (side.phase === Phase.closed) return;
    const { home, away } = side;
    const { sim } = this.engine;
    const there = this.paths.reachable(home.host, away.host);
    const back = this.paths.reachable(away.host, home.host);
    if (!there || !back || this.loses(home, away, attempt.roundTrips)) {
      sim.after(attempt.retryUs, this.knock, attempt);
      attempt.retryUs *= 2;
      return;
    }
    let arrivalUs = this.paths.departureUs(home, away) + this.paths.jitteredDelayUs(home, away);
    for (let trip = 1; trip < attempt.roundTrips; trip++) {
      arrivalUs += this.paths.jitteredDelayUs(away, home) + this.paths.jitteredDelayUs(home, away);
    }
    sim.at(arrivalUs, this.answer, attempt);
  };

  /** The last packet of the client's part has reached the other host. */
  private readonly answer = ({ side, roundTrips }: Attempt): void => {
    if (side.phase === Phase.closed) return;
    const { away } = side;
    if (away.host.state === 'down' || away.services === null || !away.services.has(side.service)) {
      this.engine.refuse(side);
      return;
    }
    const server = new ConnectionSide(this.engine, side.id, side.service, away, side.home, {});
    server.phase = Phase.open;
    server.isServer = true;
    server.peer = side;
    side.peer = server;
    away.link(server);
    if (roundTrips === 1) server.dispatch('open', undefined, 40);
    away.host.execute(roundTrips === 1 ? accept : acceptAndOpen, server);
  };

  private loses(home: Endpoint, away: Endpoint, roundTrips: number): boolean {
    if (home === away) return false;
    const { nowUs } = this.engine.sim;
    let lost = false;
    for (let trip = 0; trip < roundTrips; trip++) {
      for (const link of [home.up, away.down, away.up, home.down]) if (link.loses(nowUs)) lost = true;
    }
    return lost;
  }
}

function accept(server: ConnectionSide): void {
  if (!server.told) (server.home.services?.get(server.service) as (connection: Connection) => void)?.(server);
}

function acceptAndOpen(server: ConnectionSide): void {
  if (server.phase === Phase.open) server.dispatch('open', undefined, 40);
  accept(server);
}
