import { ModeController } from '../../../core/client/mode-controller.js';
import type {
  ChannelView,
  ClientMessage,
  Member,
  MigrationView,
  ServerMessage,
  SfuGrant,
} from '../../../core/protocol.js';
import {
  BACKEND_SERVICE,
  Balancer,
  type ClientWorld,
  defaultClientOptions,
  MediaFabric,
  SilentObserver,
  VirtualClient,
} from '../../../sim/clients/index.js';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { type Gap, Hearing, type HearingOptions } from '../../../sim/media/index.js';
import { type Connection, Network, type NetworkOptionsInput, PeerRouting } from '../../../sim/net/index.js';
import { makeSfuToken, SfuNode, type SfuNodeOptions } from '../../../sim/sfu/index.js';

interface ScriptedMember extends Member {
  connection: Connection | null;
}

interface ScriptedChannel {
  version: number;
  epoch: number;
  sfu: Omit<SfuGrant, 'token'> | null;
  migration: { epoch: number; to: 'p2p' | 'sfu'; sfu: Omit<SfuGrant, 'token'> | null; acks: Set<string> } | null;
  readonly members: Map<string, ScriptedMember>;
}

/** A voice service without faults of its own, without Redis: all backends share one memory. */
export class ScriptedService {
  readonly channels = new Map<number, ScriptedChannel>();
  readonly log: string[] = [];
  /** Decides what becomes of a relayed signal: delays in microseconds, one per copy. */
  relay: (data: unknown) => readonly number[] = () => [0];
  answersPings = true;
  readonly pingEveryMs: number = 10_000;

  constructor(private readonly sim: Simulation) {}

  boot(network: Network, host: Host): void {
    network.listen(host, BACKEND_SERVICE, (connection) => {
      let me = '';
      let mySession = '';
      connection.handlers = {
        onMessage: (raw) => {
          const message = raw as ClientMessage;
          if (message.type === 'hello') {
            me = message.userId;
            mySession = message.sessionId;
            this.log.push(`hello ${me} ${host.id}`);
            this.say(connection, { type: 'welcome', backendId: host.id, pingEveryMs: this.pingEveryMs });
            for (const channel of this.channels.values()) {
              const member = channel.members.get(me);
              if (member?.sessionId === mySession) member.connection = connection;
            }
          } else this.obey(message, me, mySession, connection);
        },
        onClose: (reason) => {
          this.log.push(`gone ${me} ${reason}`);
          for (const [channelId, channel] of this.channels) {
            const member = channel.members.get(me);
            if (member?.connection === connection)
              this.sim.after(20_000_000, () => this.evict(channelId, member, connection));
          }
        },
      };
    });
  }

  channel(channelId: number): ScriptedChannel {
    let channel = this.channels.get(channelId);
    if (channel === undefined) {
      channel = { version: 1, epoch: 1, sfu: null, migration: null, members: new Map() };
      this.channels.set(channelId, channel);
    }
    return channel;
  }

  /** Begins a migration; it ends by itself when all have acknowledged. */
  migrate(channelId: number, sfu: Omit<SfuGrant, 'token'> | null): void {
    const channel = this.channel(channelId);
    const epoch = ++channel.version;
    channel.migration = { epoch, to: sfu === null ? 'p2p' : 'sfu', sfu, acks: new Set() };
    this.show(channelId);
  }

  private obey(message: ClientMessage, userId: string, sessionId: string, connection: Connection): void {
    switch (message.type) {
      case 'join': {
        const channel = this.channel(message.channelId);
        const before = channel.members.get(userId);
        if (before !== undefined && before.sessionId !== sessionId && before.connection !== null) {
          this.say(before.connection, { type: 'removed', channelId: message.channelId, reason: 'replaced' });
        }
        channel.members.delete(userId);
        channel.members.set(userId, { userId, sessionId, connection });
        channel.version++;
        this.log.push(`join ${userId}`);
        this.say(connection, {
          type: 'joined',
          requestId: message.requestId,
          view: this.view(message.channelId, userId),
        });
        this.show(message.channelId);
        return;
      }
      case 'leave': {
        const channel = this.channel(message.channelId);
        if (channel.members.get(userId)?.sessionId === sessionId) this.remove(message.channelId, userId);
        this.log.push(`leave ${userId}`);
        this.say(connection, { type: 'left', channelId: message.channelId });
        return;
      }
      case 'ping':
        if (this.answersPings) this.say(connection, { type: 'pong' });
        return;
      case 'signal': {
        const to = this.channel(message.channelId).members.get(message.to)?.connection;
        if (to == null) return;
        const copy = JSON.parse(JSON.stringify(message.data)) as unknown;
        for (const delayUs of this.relay(copy)) {
          this.sim.after(delayUs, () =>
            this.say(to, { type: 'signal', channelId: message.channelId, from: userId, data: copy }),
          );
        }
        return;
      }
      case 'ready': {
        const channel = this.channel(message.channelId);
        if (channel.migration?.epoch !== message.epoch) return;
        channel.migration.acks.add(userId);
        for (const member of channel.members.keys()) if (!channel.migration.acks.has(member)) return;
        channel.sfu = channel.migration.sfu;
        channel.migration = null;
        channel.epoch = ++channel.version;
        this.log.push(`migrated ${message.channelId}`);
        this.show(message.channelId);
      }
    }
  }

  private remove(channelId: number, userId: string): void {
    const channel = this.channel(channelId);
    if (!channel.members.delete(userId)) return;
    channel.version++;
    this.show(channelId);
  }

  private evict(channelId: number, member: ScriptedMember, connection: Connection): void {
    if (this.channel(channelId).members.get(member.userId) === member && member.connection === connection) {
      this.remove(channelId, member.userId);
    }
  }

  private view(channelId: number, userId: string): ChannelView {
    const channel = this.channel(channelId);
    const grant = (sfu: Omit<SfuGrant, 'token'> | null): SfuGrant | null =>
      sfu && { ...sfu, token: makeSfuToken({ ...sfu, userId }) };
    const { migration } = channel;
    const shown: MigrationView | null = migration && {
      epoch: migration.epoch,
      to: migration.to,
      phase: 'connect',
      sfu: grant(migration.sfu),
    };
    return {
      channelId,
      version: channel.version,
      mode: channel.sfu === null ? 'p2p' : 'sfu',
      epoch: channel.epoch,
      roster: [...channel.members.values()].map((each) => ({ userId: each.userId, sessionId: each.sessionId })),
      sfu: grant(channel.sfu),
      migration: shown,
      degraded: null,
    };
  }

  private show(channelId: number): void {
    for (const { userId, connection } of this.channel(channelId).members.values()) {
      if (connection !== null) this.say(connection, { type: 'channel', view: this.view(channelId, userId) });
    }
  }

  private say(connection: Connection, message: ServerMessage): void {
    if (connection.open) connection.send(message);
  }
}

/** A small world with real controllers and a scripted service. */
export class ScriptedWorld {
  readonly sim: Simulation;
  readonly network: Network;
  readonly service: ScriptedService;
  readonly backends: Host[] = [];
  readonly sfu: SfuNode[] = [];
  readonly hearing: Hearing;
  readonly fabric: MediaFabric;
  readonly clients: ClientWorld;
  readonly balancer: Balancer;
  readonly balancerHost: Host;
  readonly gaps: Gap[] = [];
  readonly firstHeard: number[] = [];

  constructor(
    options: {
      seed?: number;
      backends?: number;
      sfuNodes?: number;
      network?: NetworkOptionsInput;
      observer?: SilentObserver;
      sfu?: Partial<SfuNodeOptions>;
      hearing?: Partial<HearingOptions>;
    } = {},
  ) {
    const sim = new Simulation({ seed: options.seed ?? 1 });
    this.sim = sim;
    this.network = new Network(sim, { profileByKind: { client: 'lte' }, ...options.network });
    this.service = new ScriptedService(sim);
    for (let i = 1; i <= (options.backends ?? 2); i++) {
      const host: Host = new Host(sim, {
        id: `backend-${i}`,
        kind: 'backend',
        boot: (each) => this.service.boot(this.network, each),
      });
      host.start();
      this.backends.push(host);
    }
    for (let i = 1; i <= (options.sfuNodes ?? 2); i++) {
      const node = new SfuNode(sim, this.network, { name: `sfu-${i}`, ...options.sfu });
      node.host.start();
      this.sfu.push(node);
    }
    this.hearing = new Hearing({
      nowUs: () => sim.nowUs,
      reachable: (from, to) => this.network.reachable(from, to),
      onGap: (gap) => this.gaps.push(gap),
      onFirstHeard: (_listener, _talker, _channel, afterUs) => this.firstHeard.push(afterUs / 1000),
      ...options.hearing,
    });
    this.fabric = new MediaFabric(
      this.network,
      this.hearing,
      new Map(this.sfu.map((node) => [node.name, node.host])),
      new PeerRouting(this.sim.choices, this.network),
    );
    this.balancerHost = new Host(sim, { id: 'balancer', kind: 'balancer' });
    this.balancerHost.start();
    this.balancer = new Balancer(sim, this.network, { host: this.balancerHost, backends: this.backends });
    this.clients = {
      sim,
      network: this.network,
      balancer: this.balancer,
      fabric: this.fabric,
      observer: options.observer ?? new SilentObserver(),
      options: defaultClientOptions,
      policy: {},
      device: { gestureNeeded: false },
      Controller: ModeController,
    };
  }

  client(userId: number | string): VirtualClient {
    return new VirtualClient(this.clients, { userId: String(userId) });
  }

  at(timeS: number, what: () => void): void {
    this.sim.at(timeS * 1e6, what);
  }

  async run(untilS: number): Promise<void> {
    await this.sim.run({ untilUs: untilS * 1e6 });
  }
}
