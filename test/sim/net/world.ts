import { Host, type HostKind } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { type Connection, type ConnectOptions, Network, type NetworkOptionsInput } from '../../../sim/net/index.js';

/** A client `a`, a backend `b` that listens on `chat`, and what happened to both. */
export class TestWorld {
  readonly sim: Simulation;
  readonly network: Network;
  readonly a: Host;
  readonly b: Host;
  /** `who event@µs` */
  readonly log: string[] = [];
  /** Messages as they came, by receiver. */
  readonly atA: unknown[] = [];
  readonly atB: unknown[] = [];
  server: Connection | null = null;
  clientEnds: string[] = [];
  serverEnds: string[] = [];

  constructor(options: NetworkOptionsInput = {}, seed = 1) {
    this.sim = new Simulation({ seed });
    this.network = new Network(this.sim, { defaultProfile: 'perfect', ...options });
    this.a = this.host('a', 'client');
    this.b = this.host('b', 'backend', (host) => {
      this.network.listen(host, 'chat', (connection) => {
        this.server = connection;
        connection.handlers = {
          onMessage: (message) => this.atB.push(message),
          onClose: (reason) => this.serverEnds.push(`${reason}@${this.sim.nowUs}`),
        };
      });
    });
  }

  host(id: string, kind: HostKind, boot?: (host: Host) => void): Host {
    const host = new Host(this.sim, { id, kind, ...(boot && { boot }) });
    host.start();
    return host;
  }

  connect(options?: ConnectOptions, service = 'chat'): Connection {
    return this.network.connect(
      this.a,
      this.b,
      service,
      {
        onOpen: () => this.log.push(`open@${this.sim.nowUs}`),
        onMessage: (message) => this.atA.push(message),
        onClose: (reason) => this.clientEnds.push(`${reason}@${this.sim.nowUs}`),
      },
      options,
    );
  }

  /** A connection that is open, after the time that this takes. */
  async connected(options?: ConnectOptions): Promise<{ client: Connection; server: Connection }> {
    const client = this.connect(options);
    while (!client.open) await this.runFor(1000);
    return { client, server: this.server as Connection };
  }

  async runFor(durationUs: number): Promise<void> {
    const untilUs = this.sim.nowUs + durationUs;
    this.sim.at(untilUs, () => undefined);
    await this.sim.run({ untilUs });
  }
}

/** One second in microseconds. */
export const SECOND = 1_000_000;
