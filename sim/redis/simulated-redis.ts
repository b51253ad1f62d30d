import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Network } from '../net/index.js';
import { DEFAULT_CLIENT_OPTIONS, type RedisClientOptions, resolveClientOptions } from './client-options.js';
import type { CommandListener } from './command-listener.js';
import { Demand } from './demand.js';
import { expectedFootprint } from './expected-footprint.js';
import { Inspection } from './inspection.js';
import { FixedLocator, type Locator } from './locator.js';
import { SimulatedRedisClient } from './redis-client.js';
import { RedisServer, type RedisServerOptions } from './redis-server.js';
import { SimulatedRedisSubscriber } from './redis-subscriber.js';
import { Sentinel } from './sentinel/sentinel.js';
import { SentinelLocator } from './sentinel/sentinel-locator.js';
import { resolveSentinelOptions, type SentinelOptions } from './sentinel/sentinel-options.js';
import { REDIS_SERVICE } from './wire.js';

/** How to build a simulated Redis. */
export interface SimulatedRedisOptions extends Omit<RedisServerOptions, 'replicated'> {
  /** Servers besides the primary. Default 0. */
  readonly replicas?: number;
  /** Default 0: clients know the address of the first server. */
  readonly sentinels?: number;
  readonly sentinel?: SentinelOptions;
  /** Defaults for all clients and subscribers. */
  readonly client?: RedisClientOptions;
}

/** Everything that is Redis in a world: servers, sentinels, and clients for other hosts. */
export class SimulatedRedis {
  /** `redis-1` is the primary at first. */
  readonly servers: readonly RedisServer[];
  readonly sentinels: readonly Sentinel[];
  /** Of all clients. */
  readonly demand = new Demand();
  private readonly locator: Locator;
  private readonly clientOptions: RedisClientOptions | undefined;

  constructor(
    private readonly sim: Simulation,
    private readonly net: Network,
    options: SimulatedRedisOptions = {},
  ) {
    const replicas = options.replicas ?? 0;
    if (sim.isExplored) net.describeMessages(REDIS_SERVICE, expectedFootprint);
    const servers: RedisServer[] = [];
    for (let i = 0; i <= replicas; i++) {
      const server = new RedisServer(sim, net, `redis-${i + 1}`, { ...options, replicated: replicas > 0 });
      server.replication.primary = i === 0 ? null : servers[0]!.host;
      servers.push(server);
    }
    this.servers = servers;
    if (replicas > 0) for (const server of servers) server.peers = servers;
    for (const server of servers) server.host.start();
    this.clientOptions = options.client;
    const sentinelCount = options.sentinels ?? 0;
    if (sentinelCount === 0) {
      this.sentinels = [];
      this.locator = new FixedLocator(servers[0]!.host);
      return;
    }
    const hosts = servers.map(({ host }) => host);
    const sentinelOptions = resolveSentinelOptions(options.sentinel);
    const sentinels: Sentinel[] = [];
    for (let i = 1; i <= sentinelCount; i++)
      sentinels.push(new Sentinel(sim, net, `sentinel-${i}`, hosts, sentinelOptions));
    for (const sentinel of sentinels) sentinel.meet(sentinels);
    for (const sentinel of sentinels) sentinel.host.start();
    this.sentinels = sentinels;
    this.locator = new SentinelLocator(
      net,
      sentinels.map(({ host }) => host),
      (id) => hosts.find((host) => host.id === id),
    );
  }

  /** The server that is primary; when several believe so, the one that was promoted last. */
  get primary(): RedisServer {
    let primary = this.servers[0]!;
    for (const server of this.servers) {
      if (server.role !== 'primary') continue;
      if (primary.role !== 'primary' || server.replication.promotedUs > primary.replication.promotedUs)
        primary = server;
    }
    return primary;
  }

  /** A client for a process; make it when the process boots. */
  client(host: Host, options?: RedisClientOptions): SimulatedRedisClient {
    return new SimulatedRedisClient(this.sim, this.net, host, this.locator, this.resolve(options), this.demand);
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
