import type { Host, HostTimer } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Network } from '../net/index.js';
import { hashName, mixHash } from './hash.js';

/** How to make a {@link Balancer}. */
export interface BalancerOptions {
  /** Where it runs; it starts with every start of this host. */
  readonly host: Host;
  readonly backends: readonly Host[];
  /** Period of the health check of each backend. Default 2 000 ms. */
  readonly checkEveryMs?: number;
  /** A check without an answer for this long has failed. Default 1 000 ms. */
  readonly checkTimeoutMs?: number;
  /** Failures in a row until a backend is taken out. Default 2; one success brings it back. */
  readonly failures?: number;
  /** What a running backend answers. Default: it is well. */
  readonly isWell?: (backend: Host) => boolean;
  /** Told when a backend is taken out or brought back. */
  readonly onChange?: (backend: Host, healthy: boolean) => void;
}

interface Target {
  readonly backend: Host;
  readonly hash: number;
  healthy: boolean;
  failures: number;
  /** Number of the present check; late answers to earlier ones do not count. */
  check: number;
  timeout: HostTimer | null;
}

interface Probe {
  readonly target: Target;
  readonly check: number;
}

/**
 * A load balancer with health checks and sticky users: a user goes to the backend with the highest hash of (user, backend)
 * among those believed healthy (rendezvous hashing, Thaler and Ravishankar 1998), so that only users of a lost backend move.
 */
export class Balancer {
  private readonly targets: Target[];

  constructor(
    private readonly sim: Simulation,
    private readonly network: Network,
    private readonly options: BalancerOptions,
  ) {
    this.targets = options.backends.map((backend) => ({
      backend,
      hash: hashName(backend.id),
      healthy: true,
      failures: 0,
      check: 0,
      timeout: null,
    }));
    options.host.onUp(() => this.begin());
    if (options.host.state === 'up') this.begin();
  }

  /** Where a user goes now; null when no backend is believed healthy. */
  pick(userHash: number): Host | null {
    let best: Target | null = null;
    let bestScore = -1;
    for (const target of this.targets) {
      if (!target.healthy) continue;
      const score = mixHash(userHash ^ target.hash);
      if (score > bestScore) {
        best = target;
        bestScore = score;
      }
    }
    return best === null ? null : best.backend;
  }

  /** What the balancer believes. */
  isHealthy(backend: Host): boolean {
    return this.targets.some((target) => target.backend === backend && target.healthy);
  }

  private begin(): void {
    const everyUs = this.everyUs();
    this.targets.forEach((target, index) => {
      target.timeout = null;
      this.options.host.after(Math.round((everyUs * (index + 1)) / this.targets.length), this.tick, target);
    });
  }

  private everyUs(): number {
    return (this.options.checkEveryMs ?? 2000) * 1000;
  }

  private readonly tick = (target: Target): void => {
    const { host, checkTimeoutMs = 1000 } = this.options;
    const probe: Probe = { target, check: ++target.check };
    target.timeout = host.after(checkTimeoutMs * 1000, this.failed, probe);
    this.network.send(host, target.backend, 100, this.asked, probe);
    host.after(this.everyUs(), this.tick, target);
  };

  /** Runs on the backend. */
  private readonly asked = (probe: Probe): void => {
    const { host, isWell } = this.options;
    if (isWell?.(probe.target.backend) === false) return;
    this.network.send(probe.target.backend, host, 100, this.answered, probe);
  };

  private readonly answered = ({ target, check }: Probe): void => {
    if (check !== target.check || target.timeout === null) return;
    this.options.host.cancelTimer(target.timeout);
    target.timeout = null;
    target.failures = 0;
    if (!target.healthy) this.set(target, true);
  };

  private readonly failed = ({ target, check }: Probe): void => {
    if (check !== target.check) return;
    target.timeout = null;
    target.failures++;
    if (target.healthy && target.failures >= (this.options.failures ?? 2)) this.set(target, false);
  };

  private set(target: Target, healthy: boolean): void {
    target.healthy = healthy;
    this.sim.trace.record(this.options.host.id, healthy ? 'balancer.in' : 'balancer.out', target.backend.id);
    this.options.onChange?.(target.backend, healthy);
  }
}
