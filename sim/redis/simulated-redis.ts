import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Network } from '../net/index.js';
import { DEFAULT_CLIENT_OPTIONS, type RedisClientOptions, resolveClientOptions } from './client-options.js';
import type { CommandListener } from './command-listener.js';
import { Inspection } from './inspection.js';
import { FixedLocator, type Locator } from './locator.js';
import { SimulatedRedisClient } from './redis-client.js';
import { RedisServer, type RedisServerOptions } from './redis-server.js';
import { SimulatedRedisSubscriber } from './redis-subscriber.js';

/** How to build a simulated Redis. */
export interface SimulatedRedisOptions extends Omit<RedisServerOptions, 'replicated'> {
  /** Servers besides the primary. Default 0. */
  readonly replicas?: number;
  /** Default 0: clients know the address of the only server. */
  readonly sentinels?: number;
  /** Defaults for all clients and subscribers. */
  readonly client?: RedisClientOptions;
}

/** Everything that is Redis in a world: servers, sentinels, and clients for other hosts. */
export class SimulatedRedis {
  /** `redis-1` is the primary at first. */
  readonly servers: readonly RedisServer[];
  private readonly locator: Locator;
  private readonly clientOptions: RedisClientOptions | undefined;

  constructor(
    private readonly sim: Simulation,
    private readonly net: Network,
    options: SimulatedRedisOptions = {},
  ) {
    const replicas = options.replicas ?? 0;
    const servers: RedisServer[] = [];
    for (let i = 0; i <= replicas; i++) {
      const server = new RedisServer(sim, net, `redis-${i + 1}`, { ...options, replicated: replicas > 0 });
      server.replication.primary = i === 0 ? null : servers[0]!.host;
      servers.push(server);
    }
    this.servers = servers;
    for (const server of servers) server.host.start();
    this.locator = new FixedLocator(servers[0]!.host);
    this.clientOptions = options.client;
  }

  /** The server that answers as primary; when several do, the one that has become it last. */
  get primary(): RedisServer {
    return this.servers[0]!;
  }

  /** A client for a process; make it when the process boots. */
  client(host: Host, options?: RedisClientOptions): SimulatedRedisClient {
    return new SimulatedRedisClient(this.sim, this.net, host, this.locator, this.resolve(options));
  }

  /** A subscriber for a process; make it when the process boots. */
  subscriber(host: Host, options?: RedisClientOptions): SimulatedRedisSubscriber {
    return new SimulatedRedisSubscriber(this.sim, this.net, host, this.locator, this.resolve(options));
  }

  /** Looks at the present primary's data, outside of time. Nothing is changed or traced. */
  inspect(): Inspection {
    return new Inspection(this.primary.data.keyspace);
  }

  /** Hears of every command that any server executes for a client. Footprints cost time: only while somebody listens. */
  onCommand(listener: CommandListener): void {
    for (const server of this.servers) server.commandListeners.push(listener);
  }

  private resolve(options: RedisClientOptions | undefined): ReturnType<typeof resolveClientOptions> {
    if (options === undefined && this.clientOptions === undefined) return DEFAULT_CLIENT_OPTIONS;
    return resolveClientOptions({ ...this.clientOptions, ...options });
  }
}
