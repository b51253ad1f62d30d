import { Alerting } from '../alerts/alerting.js';
import { scenarioRules } from '../alerts/scenario-rules.js';
import type { ScrapeTarget } from '../alerts/scraper.js';
import type { BackendProcess } from '../backends/backend-process.js';
import type { Host } from '../hosts/index.js';
import type { RedisServer } from '../redis/redis-server.js';
import type { SfuExporter, SfuNode } from '../sfu/index.js';
import type { World } from './world.js';

/** The monitoring that a scenario asks for: its targets are all backends, media servers and Redis servers. */
export function startMonitoring(
  world: Pick<World, 'sim' | 'network' | 'scenario' | 'backends' | 'sfuNodes' | 'redis'>,
  host: Host,
  exporters: ReadonlyMap<SfuNode, SfuExporter>,
): Alerting | null {
  const { sim, network, scenario, backends, sfuNodes, redis } = world;
  const { alerts } = scenario;
  if (alerts === undefined) return null;
  return new Alerting({
    sim,
    groups: scenarioRules(alerts.rules),
    scrapeIntervalMs: alerts.scrapeIntervalS * 1_000,
    reachable: (target) => network.reachable(host, target) && network.reachable(target, host),
    targets: [
      ...backends.map((backend) => new BackendTarget(backend)),
      ...sfuNodes.map((node) => new SfuTarget(node, exporters.get(node) as SfuExporter)),
      ...redis.servers.map((server) => new RedisTarget(server)),
    ],
  });
}

class BackendTarget implements ScrapeTarget {
  readonly job = 'voice-backend';
  readonly host: Host;
  readonly instance: string;

  constructor(private readonly backend: BackendProcess) {
    this.host = backend.host;
    this.instance = backend.host.id;
  }

  answers(): boolean {
    return this.host.state === 'up';
  }

  page(): Promise<string | null> {
    return this.backend.page();
  }
}

class SfuTarget implements ScrapeTarget {
  readonly job = 'voice-sfu';
  readonly host: Host;
  readonly instance: string;

  constructor(
    private readonly node: SfuNode,
    private readonly exporter: SfuExporter,
  ) {
    this.host = node.host;
    this.instance = node.name;
  }

  answers(): boolean {
    return this.host.state === 'up' && !this.node.faults.hang;
  }

  page(): string {
    return this.exporter.page(this.node, this.node.machine?.last ?? null);
  }
}

/** What redis_exporter says of the server on its machine. It lives on when the server dies. */
class RedisTarget implements ScrapeTarget {
  readonly job = 'redis';
  readonly host: Host;
  readonly instance: string;

  constructor(private readonly server: RedisServer) {
    this.host = server.host;
    this.instance = server.host.id;
  }

  answers(): boolean {
    return true;
  }

  page(): string {
    const { role, host } = this.server;
    const up = host.state === 'up';
    const master = role === 'primary' ? 1 : 0;
    return `redis_up ${up ? 1 : 0}\n${up ? `redis_master ${master}\n` : ''}`;
  }
}
