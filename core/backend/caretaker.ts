import type { ForcedMesh } from '../admin/forced-mesh.js';
import type { ChannelDesk } from '../channel/channel-desk.js';
import { decodeRoom } from '../channel/channel-record.js';
import { type ConnectionCluster, instanceOf } from '../cluster/connection-cluster.js';
import type { SfuCluster } from '../cluster/sfu-cluster.js';
import { keys } from '../keys.js';
import type { Policy } from '../policy.js';
import type { SfuRoom } from '../ports.js';
import type { RolloutController } from '../rollout/rollout-controller.js';
import type { ChannelStore } from '../store/channel-store.js';
import { type TickReply, tick } from '../store/tick.js';
import type { Reconciler } from './reconciler.js';
import type { Subscription } from './subscription.js';
import type { VoiceBackendPorts } from './voice-backend-options.js';

export interface CaretakerOptions {
  readonly Reconciler: typeof Reconciler;
  readonly instance: string;
  readonly policy: Policy;
  readonly ports: VoiceBackendPorts;
  readonly desk: ChannelDesk;
  readonly store: ChannelStore;
  readonly nodes: SfuCluster;
  readonly connections: ConnectionCluster;
  readonly forcedMesh?: ForcedMesh;
  readonly rollout?: RolloutController;
  readonly subscription: Subscription;
  readonly onTick: (reply: TickReply) => void;
  readonly onTickFailed: () => void;
}

/**
 * The periodic work. Every backend ticks; the one that holds the caretaker's lease also looks after channels that are due,
 * dead backends, dead nodes and rooms to stop. Two caretakers at once (a pause, a failover) do no harm: everything here
 * is a change under a channel's lock or an idempotent call with an epoch.
 */
export class Caretaker {
  protected cursorMs = 0;
  protected failures = 0;
  protected steadySinceMs = 0;
  protected stopped = false;
  protected lastReconcileMs = 0;
  protected lastCheckMs = 0;
  protected checking = false;
  protected readonly stopping = new Set<string>();
  protected readonly burying = new Set<string>();
  protected readonly reconciler: Reconciler;

  constructor(protected readonly options: CaretakerOptions) {
    this.reconciler = new options.Reconciler(options);
  }

  start(): void {
    this.stopped = false;
    void this.run();
  }

  stop(): void {
    this.stopped = true;
  }

  /** Reconciles now (A14 asks for it by hand). */
  reconcile(): Promise<void> {
    return this.reconciler.run();
  }

  /** Looks for memberships that name connections of which `isStale` is true: see {@link Reconciler.dropStale}. */
  dropStale(isStale: (connection: string, channelId: number) => boolean): Promise<void> {
    return this.reconciler.dropStale(isStale);
  }

  protected async run(): Promise<void> {
    while (!this.stopped) {
      const { policy, ports } = this.options;
      await this.once();
      const delayMs = policy.tickMs * (0.9 + 0.2 * ports.random.uniform());
      await new Promise<void>((resolve) => ports.timers.after(delayMs, resolve));
    }
  }

  protected async once(): Promise<void> {
    const { instance, policy, ports, subscription, onTick, onTickFailed } = this.options;
    let reply: TickReply;
    try {
      reply = await tick(ports.redis, {
        instance,
        leaseMs: 3 * policy.tickMs,
        sinceMs: this.cursorMs,
        backendTimeoutMs: policy.backendTimeoutMs,
        signOfLife: subscription.quiet,
      });
    } catch (error) {
      ports.metrics.count('voice_store_errors_total');
      if (++this.failures === 2) ports.log.write('warn', 'tick failed', { error: String(error) });
      if (this.failures >= 2) onTickFailed();
      return;
    }
    if (this.failures > 0 || this.steadySinceMs === 0) this.steadySinceMs = reply.nowMs;
    this.failures = 0;
    // a commit carries the time at which its section began: look back as far as a section can last
    this.cursorMs = reply.nowMs - policy.lockTtlMs - policy.tickMs;
    const deadNodes = this.options.nodes.learn(reply.nodes);
    subscription.ticked();
    onTick(reply);
    if (!reply.caretaker) return;
    this.ignoreErrors(this.careFor(reply, deadNodes));
  }

  protected async careFor(reply: TickReply, deadNodes: readonly string[]): Promise<void> {
    const { policy, nodes, desk, ports } = this.options;
    if (this.options.forcedMesh) this.ignoreErrors(this.options.forcedMesh.care());
    if (this.options.rollout) this.ignoreErrors(this.options.rollout.care(reply.nowMs));
    for (const channelId of reply.due) this.ignoreErrors(desk.attend(channelId));
    // after an outage every heartbeat is old: wait until the living have had time for a new one
    const steady = reply.nowMs - this.steadySinceMs >= policy.backendTimeoutMs;
    for (const instance of steady ? reply.dead : []) this.ignoreErrors(this.buryBackend(instance));
    for (const room of reply.retired) this.ignoreErrors(this.stopRoom(room, reply.nowMs));
    if (reply.nowMs - this.lastCheckMs >= policy.sfuCheckEveryMs - policy.tickMs / 2 && !this.checking) {
      this.lastCheckMs = reply.nowMs;
      this.checking = true;
      this.ignoreErrors(
        nodes
          .check()
          .then(({ died, restarted }) =>
            Promise.all([
              ...died.map((node) => this.leaveNode(node)),
              ...restarted.map((node) => this.reconciler.restoreRooms(node)),
            ]),
          )
          .finally(() => {
            this.checking = false;
          }),
      );
    }
    for (const node of [...deadNodes, ...nodes.drainingNodes()]) this.ignoreErrors(this.leaveNode(node));
    if (this.lastReconcileMs === 0)
      this.lastReconcileMs = reply.nowMs - policy.reconcileEveryMs * ports.random.uniform();
    if (reply.nowMs - this.lastReconcileMs >= policy.reconcileEveryMs) {
      this.lastReconcileMs = reply.nowMs;
      await this.reconciler.run();
    }
  }

  /** Everything that is still on a dead node must leave it. */
  protected async leaveNode(node: string): Promise<void> {
    for (const channelId of await this.options.nodes.channelsOn(node))
      this.ignoreErrors(this.options.desk.attend(channelId));
  }

  /** The members of a dead backend have lost their connection; they have the grace time to come back elsewhere. */
  protected async buryBackend(instance: string): Promise<void> {
    const { instance: self } = this.options;
    if (instance === self || this.burying.has(instance)) return;
    this.burying.add(instance);
    try {
      await this.bury(instance);
    } finally {
      this.burying.delete(instance);
    }
  }

  protected async bury(instance: string): Promise<void> {
    const { ports, desk, connections } = this.options;
    const channels = (await ports.redis.call('SMEMBERS', keys.backendChannels(instance))) as string[];
    await Promise.all(
      channels.map((channelId) =>
        desk.change(Number(channelId), (context) =>
          this.options.desk.rules.admission.connectionLost(
            context,
            (connection) => instanceOf(connection) === instance,
          ),
        ),
      ),
    );
    await connections.forgetBackend(instance);
    await ports.redis.call('DEL', keys.backendChannels(instance));
    await ports.redis.call('ZREM', keys.backends, instance);
    ports.log.write('warn', 'cleaned up after a dead backend', { instance, channels: channels.length });
  }

  protected async stopRoom(encoded: string, nowMs: number): Promise<void> {
    const { ports, nodes, policy } = this.options;
    if (this.stopping.has(encoded)) return;
    this.stopping.add(encoded);
    try {
      const room = decodeRoom(encoded);
      if (room && nodes.alive(room.node)) {
        if (await this.isOnlyPath(room, nowMs)) {
          await ports.redis.call('ZADD', keys.retired, 'XX', nowMs + policy.roomRetireMs, encoded);
          return;
        }
        await ports.sfu.stopRoom(room);
      }
      await ports.redis.call('ZREM', keys.retired, encoded);
    } finally {
      this.stopping.delete(encoded);
    }
  }

  /**
   * After a failed attempt people stay in its room until they reach everybody else directly: those who are still there together may have no other path. The next
   * attempt may give them one, so the room is left to them until that has had its time. (An epoch is the time at which the attempt began, or a little later.) A node
   * that does not say who is there may have a newer room of the channel already, beside which the old one ends with its last participant.
   */
  protected async isOnlyPath(room: SfuRoom, nowMs: number): Promise<boolean> {
    const { migrationTimeoutMs, rollbackTimeoutMs, retryMaxMs } = this.options.policy;
    if (nowMs >= room.epoch + 2 * migrationTimeoutMs + rollbackTimeoutMs + retryMaxMs) return false;
    const present = await this.options.ports.sfu.participants(room).catch(() => null);
    return present === null || present.length > 1;
  }

  /** Whatever fails here is due again at the next tick. */
  protected ignoreErrors(work: Promise<unknown>): void {
    work.catch((error: unknown) =>
      this.options.ports.log.write('debug', 'caretaker will try again', { error: String(error) }),
    );
  }
}
