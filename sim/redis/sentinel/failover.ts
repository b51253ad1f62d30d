import type { Host } from '../../hosts/index.js';
import type { Sentinel } from './sentinel.js';
import { SentinelPeriod } from './sentinel-options.js';
import type { ServerWatch } from './server-watch.js';

type Stage = 'election' | 'promotion' | 'reconfiguration';

/** One attempt of one sentinel to put a replica in the place of a primary that is down. */
export class Failover {
  private stage: Stage = 'election';
  private stageSinceMs: number;
  private asked = false;
  private promoted: ServerWatch | null = null;
  private readonly sent = new Set<ServerWatch>();
  private readonly done = new Set<ServerWatch>();

  constructor(
    private readonly sentinel: Sentinel,
    private readonly epoch: number,
    /** A little in the future, so that sentinels do not all start at once. */
    private readonly startMs: number,
  ) {
    this.stageSinceMs = startMs;
  }

  /** The new primary, once it is one. */
  get successor(): Host | null {
    return this.stage === 'reconfiguration' ? this.promoted!.server : null;
  }

  step(nowMs: number): void {
    if (this.stage === 'election') this.elect(nowMs);
    else if (this.stage === 'promotion') this.promote(nowMs);
    else this.reconfigure(nowMs);
  }

  private elect(nowMs: number): void {
    const { sentinel } = this;
    if (!this.asked) {
      this.asked = true;
      sentinel.askAll(nowMs);
    }
    const leader = sentinel.elected(this.epoch);
    if (leader !== sentinel.id) {
      const { failoverTimeoutMs } = sentinel.options;
      if (nowMs - this.startMs > Math.min(10_000, failoverTimeoutMs)) sentinel.abandon();
      return;
    }
    sentinel.record('sentinel.elected-leader', this.epoch);
    const chosen = this.choose(nowMs);
    if (chosen === null) {
      sentinel.abandon();
      return;
    }
    sentinel.record('sentinel.selected-slave', chosen.server.id);
    this.promoted = chosen;
    this.stage = 'promotion';
    this.stageSinceMs = nowMs;
    chosen.reconfigure(null);
  }

  /** The reachable replica that has come furthest; among equals the first by name. */
  private choose(nowMs: number): ServerWatch | null {
    const { sentinel } = this;
    let chosen: ServerWatch | null = null;
    for (const [server, watch] of sentinel.watches) {
      const { reported } = watch;
      if (server === sentinel.primary || !watch.connected || reported?.role !== 'replica' || sentinel.isDown(server))
        continue;
      if (nowMs - watch.availableMs > 5 * SentinelPeriod.ping || nowMs - watch.reportedAtMs > 5 * SentinelPeriod.ping)
        continue;
      const other = chosen?.reported;
      if (
        chosen === null ||
        other == null ||
        reported.offset > other.offset ||
        (reported.offset === other.offset && server.id < chosen.server.id)
      )
        chosen = watch;
    }
    return chosen;
  }

  private promote(nowMs: number): void {
    const { sentinel, promoted } = this;
    if (promoted?.reported?.role === 'primary' && promoted.reportedAtMs >= this.stageSinceMs) {
      this.stage = 'reconfiguration';
      this.stageSinceMs = nowMs;
      sentinel.configEpoch = this.epoch;
      sentinel.record('sentinel.promoted-slave', promoted.server.id);
    } else if (nowMs - this.stageSinceMs > sentinel.options.failoverTimeoutMs) sentinel.abandon();
  }

  private reconfigure(nowMs: number): void {
    const { sentinel } = this;
    const promoted = this.promoted!;
    let syncing = 0;
    const waiting: ServerWatch[] = [];
    for (const [server, watch] of sentinel.watches) {
      if (server === sentinel.primary || watch === promoted || this.done.has(watch) || sentinel.isDown(server))
        continue;
      if (this.sent.has(watch)) {
        if (this.follows(watch, promoted.server)) this.done.add(watch);
        else syncing++;
      } else waiting.push(watch);
    }
    const overdue = nowMs - this.stageSinceMs > sentinel.options.failoverTimeoutMs;
    for (const watch of waiting) {
      if (!watch.connected || (syncing >= sentinel.options.parallelSyncs && !overdue)) continue;
      this.sent.add(watch);
      watch.reconfigure(promoted.server);
      syncing++;
    }
    if (overdue || (syncing === 0 && waiting.length === 0)) sentinel.switchTo(promoted.server, this.epoch);
  }

  private follows(watch: ServerWatch, primary: Host): boolean {
    return watch.reported?.primary === primary.id && watch.reported.linkUp;
  }
}
