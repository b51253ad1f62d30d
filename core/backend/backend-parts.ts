import type { AdminDesk } from '../admin/admin-desk.js';
import type { ChannelDesk } from '../channel/channel-desk.js';
import type { ChannelRecord } from '../channel/channel-record.js';
import type { ChannelRules, ChannelWork } from '../channel/channel-rules.js';
import type { ConnectionCluster } from '../cluster/connection-cluster.js';
import type { SfuCluster } from '../cluster/sfu-cluster.js';
import { keys } from '../keys.js';
import type { TimerHandle } from '../ports.js';
import { RolloutSampler } from '../rollout/rollout-sampler.js';
import { RolloutStore } from '../rollout/rollout-store.js';
import type { MessageRate } from '../sfu/message-rate.js';
import { CallQuality } from '../store/call-quality.js';
import type { ChannelStore } from '../store/channel-store.js';
import type { Caretaker } from './caretaker.js';
import type { ChannelListing } from './channel-listing.js';
import { ClientTokens } from './client-tokens.js';
import { collaborators } from './collaborators.js';
import type { ClientConnection } from './connection.js';
import type { LocalChannels } from './local-channels.js';
import type { Subscription } from './subscription.js';
import type { TargetWork } from './target-work.js';
import type { Views } from './views.js';
import type { VoiceBackendOptions } from './voice-backend-options.js';

/** What a backend is composed of, and how its parts call each other. */
export abstract class BackendParts {
  readonly desk: ChannelDesk;
  readonly rules: ChannelRules;
  readonly nodes: SfuCluster;
  readonly connections: ConnectionCluster;
  readonly channels: LocalChannels;
  readonly store: ChannelStore;
  readonly caretaker: Caretaker;
  protected readonly clients = new Map<string, ClientConnection>();
  protected sweep = this.clients.values();
  protected ticks = 0;
  readonly tokens: ClientTokens | null;
  /** What operators may do; only where tokens are signed, or nobody could tell who they are. */
  readonly admin: AdminDesk | null;
  /** What this backend sees of the hybrid service during a rollout; null: there is none. */
  protected readonly sampler: RolloutSampler | null;
  /** How calls were heard, where records of them are kept. */
  protected readonly quality: CallQuality | null;
  protected readonly views: Views;
  protected readonly subscription: Subscription;
  protected readonly refreshing = new Map<number, boolean>();
  protected readonly reasserting = new Set<ClientConnection>();
  protected readonly rates = new Map<string, MessageRate>();
  protected readonly wakeUps = new Map<number, TimerHandle>();
  protected readonly listing: ChannelListing;
  protected readonly targetWork: TargetWork;
  protected storeUp = true;
  protected storeDownMs = 0;
  protected stopped = false;

  constructor(protected readonly options: VoiceBackendOptions) {
    const { policy, ports, instance } = options;
    const { redis, timers, clock, random, metrics, log, gateway } = ports;
    const use = { ...collaborators, ...options.collaborators };
    const { rollout: plan } = options;
    const rolloutStore = plan === undefined ? null : new RolloutStore(redis);
    this.sampler = rolloutStore === null ? null : new RolloutSampler(rolloutStore);
    this.quality = policy.callRecordMs > 0 ? new CallQuality(redis) : null;
    this.store = new use.ChannelStore(redis, {
      admin: options.tokens !== undefined,
      rollout: plan !== undefined,
      roomsPerUser: policy.roomsPerUser,
      callRecordMs: policy.callRecordMs,
    });
    this.nodes = new use.SfuCluster(
      redis,
      ports.sfu,
      random,
      metrics,
      log,
      policy,
      options.sfuNodes,
      options.placement,
      options.sfuStandby,
    );
    this.connections = new use.ConnectionCluster(instance, redis, gateway, log);
    this.rules = new use.ChannelRules(policy, this.nodes, use);
    this.listing = new use.ChannelListing(redis, instance);
    const { tokens } = options;
    this.tokens = tokens
      ? new ClientTokens({ ...use, ports, tokens, retryMs: policy.tickMs, channels: () => this.channels })
      : null;
    this.views = new use.Views(this.tokens?.book ?? ports.tokens, policy.meshLimit);
    this.channels = new use.LocalChannels(
      gateway,
      this.views,
      (connection) =>
        void this.reassert(connection, connection.channelId!, connection.sinceVersion, connection.sinceEpoch),
      (channelId) => this.forget(channelId),
    );
    this.desk = new use.ChannelDesk({
      lock: new use.ChannelLock(redis, timers, clock, random, policy),
      store: this.store,
      rules: this.rules,
      policy,
      timers,
      clock,
      metrics: this.sampler?.watching(metrics) ?? metrics,
      log,
      announcement: (record) => this.announcement(record),
      onCommitted: (record, nowMs, announced, work) => this.committed(record, nowMs, announced, work),
    });
    this.targetWork = new use.TargetWork(ports.sfu, this.desk, this.nodes);
    this.subscription = new use.Subscription({
      subscriber: ports.subscriber,
      channels: [keys.migrations, keys.backend(instance), ...(tokens ? [keys.revocations] : [])],
      onMessage: (channel, message) => this.received(channel, message),
      onReconnected: () => void this.resync(),
      log,
    });
    const mesh = tokens ? new use.ForcedMesh(redis, this.desk) : null;
    this.caretaker = new use.Caretaker({
      ...(mesh ? { forcedMesh: mesh } : {}),
      ...(plan && rolloutStore
        ? { rollout: new use.RolloutController({ redis, store: rolloutStore, plan, desk: this.desk, metrics, log }) }
        : {}),
      Reconciler: use.Reconciler,
      instance,
      policy,
      ports,
      desk: this.desk,
      store: this.store,
      nodes: this.nodes,
      connections: this.connections,
      subscription: this.subscription,
      onTick: (reply) => {
        this.setStoreUp(true);
        void this.sampler?.flush();
        void this.quality?.flush();
        if (reply.forgotten) void this.resync();
        for (const [channelId, version] of reply.changed) {
          const known = this.channels.version(channelId);
          // whoever comes to a channel in which nobody here is yet is shown it then
          if (known >= 0 && version > known) this.refresh(channelId);
        }
        this.dropSilent();
      },
      onTickFailed: () => {
        this.setStoreUp(false);
        this.sendElsewhere();
      },
    });
    this.admin =
      tokens && mesh && this.tokens
        ? new use.AdminDesk({
            ...ports,
            signer: tokens.signer,
            audit: new use.AuditLog(redis),
            forcedMesh: mesh,
            stuck: new use.StuckMigrations(redis, this.desk, policy.backendTimeoutMs),
            tokens: this.tokens.desk,
            reconcile: () => this.caretaker.reconcile(),
          })
        : null;
  }

  protected abstract received(channel: string, message: string): void;
  protected abstract reassert(
    client: ClientConnection,
    channelId: number,
    version: number,
    epoch: number,
  ): Promise<void>;
  protected abstract forget(channelId: number): void;
  protected abstract announcement(record: ChannelRecord): string | null;
  protected abstract committed(
    record: ChannelRecord,
    nowMs: number,
    announced: boolean,
    work: readonly ChannelWork[],
  ): void;
  protected abstract resync(): Promise<void>;
  protected abstract refresh(channelId: number): void;
  protected abstract setStoreUp(up: boolean): void;
  protected abstract sendElsewhere(): void;
  protected abstract dropSilent(): void;
}
