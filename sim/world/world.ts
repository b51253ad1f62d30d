import type { AdminAnswer, AdminCommand } from '../../core/admin/admin-protocol.js';
import type { TokenOptions } from '../../core/backend/voice-backend-options.js';
import { CallController } from '../../core/client/call-controller.js';
import { ModeController } from '../../core/client/mode-controller.js';
import type { TurnPass } from '../../core/client/turn-pass.js';
import { defaultPlacement, type PlacementOptions } from '../../core/cluster/placement.js';
import type { Policy } from '../../core/policy.js';
import type { SfuRoom } from '../../core/ports.js';
import type { RolloutPlan } from '../../core/rollout/rollout-plan.js';
import { TurnCredentialDesk } from '../../core/token/turn-credentials.js';
import type { Alerting } from '../alerts/alerting.js';
import type { BackendClasses } from '../backends/backend-process.js';
import { BackendProcess, timersOf } from '../backends/backend-process.js';
import {
  Balancer,
  CallCenter,
  type ControllerClass,
  DeviceLife,
  defaultClientOptions,
  MediaFabric,
  type People,
  Population,
  ScriptedPeople,
  TurnWallet,
  VirtualClient,
} from '../clients/index.js';
import { FaultPlan } from '../faults/fault-plan.js';
import { Host, type HostClockOptions, type HostKind } from '../hosts/index.js';
import { type ChoiceSource, type Exploration, Simulation, type TraceSink } from '../kernel/index.js';
import { Ears, LinkTruths } from '../media/ears/index.js';
import { WeightedHistogram } from '../media/ears/weighted-histogram.js';
import { Hearing, type MediaPlane } from '../media/index.js';
import type { RtcpWire } from '../media/packet/index.js';
import { Recorder } from '../metrics/recorder.js';
import { Network, PeerRouting, TurnServer } from '../net/index.js';
import { Operator } from '../operators/index.js';
import { SimulatedRedis } from '../redis/index.js';
import { resolveCallPolicy, resolveNode, resolvePolicy, type Scenario } from '../scenario/index.js';
import { NodeMachine, NodeMeter } from '../sfu/capacity/index.js';
import {
  Autoscaler,
  type DoorClasses,
  SfuDoor,
  SfuExporter,
  SfuNode,
  type SfuNodeOptions,
  SimulatedSfuControl,
} from '../sfu/index.js';
import { Listening } from './listening.js';
import { createMediaPlane, type MediaClasses } from './media-planes.js';
import { startMonitoring } from './monitoring.js';
import { rolloutPlan } from './rollout-plan.js';
import { RolloutWatch } from './rollout-watch.js';
import { deviceOptionsOf, networkOptionsOf } from './scenario-options.js';
import { WorldEvents } from './world-events.js';
import { TURN_SECRET, worldTokens } from './world-tokens.js';

/** Classes of the core that can be replaced by others of the same shape. */
export type Replacements = BackendClasses &
  Partial<MediaClasses> &
  Partial<DoorClasses> & {
    readonly ModeController?: ControllerClass;
    readonly CallController?: typeof CallController;
    readonly TurnPass?: typeof TurnPass;
    readonly TurnCredentialDesk?: typeof TurnCredentialDesk;
  };

export interface WorldOptions {
  readonly seed: number;
  readonly choices?: ChoiceSource | undefined;
  readonly traceSink?: TraceSink | undefined;
  /** Classes of the core to use instead of its own, in every backend and client. */
  readonly collaborators?: Replacements | undefined;
  /** Classes of backends from their second start on: a rolling deploy. Default: those of the first. */
  readonly upgraded?: BackendClasses | undefined;
  /** Explores the order of events instead of following time alone. */
  readonly explore?: Exploration | undefined;
  /** Takes the core's measurements instead of a plain recorder. */
  readonly recorder?: ((nowS: () => number) => Recorder) | undefined;
  /** Bytes of RTCP: worlds in which packets of media travel need them. `loadMedia` loads what a scenario needs. */
  readonly wire?: RtcpWire | undefined;
}

/**
 * Everything there is: servers, links, people, faults, composed from one scenario and one seed. The world only lives; who
 * measures and who judges stands beside it.
 */
export class World {
  readonly sim: Simulation;
  readonly network: Network;
  readonly redis: SimulatedRedis;
  readonly sfuNodes: SfuNode[] = [];
  /** What SFU nodes run on; null in worlds that do not look at that. */
  readonly machines: Map<Host, NodeMachine> | null;
  readonly meter: NodeMeter | null;
  /** Starts and stops nodes; null where they do not come and go. */
  readonly autoscaler: Autoscaler | null;
  readonly backends: BackendProcess[] = [];
  /** Relays between clients that nothing gets between directly. */
  readonly turnServers: Host[] = [];
  /** TURN servers that ask for credentials, by host; empty in worlds without signed tokens. */
  readonly turnGuards = new Map<string, TurnServer>();
  readonly hearing: Hearing;
  /** How voice is heard; null in worlds without voice. */
  readonly ears: Ears | null;
  /** What carries voice; null in worlds without voice. */
  readonly media: MediaPlane | null;
  readonly population: People;
  /** Gives the commands of the scenario; null in worlds without signed tokens. */
  readonly operator: Operator | null;
  /** Scrapes and alerts; null in worlds without. */
  readonly alerting: Alerting | null;
  readonly faults: FaultPlan;
  readonly recorder: Recorder;
  readonly explore: Exploration | null;
  readonly events = new WorldEvents();
  readonly policy: Policy;
  /** Signed tokens; null in worlds without them. */
  readonly tokens: TokenOptions | null;
  /** Stages and gates; null where everybody has the hybrid service. */
  readonly rollout: RolloutPlan | null;
  /** Follows it from outside. */
  readonly rolloutWatch: RolloutWatch | null;
  readonly hosts = new Map<string, Host>();
  /** Measurements of SFU nodes, in worlds with a monitoring. */
  private readonly sfuExporters = new Map<SfuNode, SfuExporter>();
  /** What operators were answered, in order. */
  readonly answers: { readonly command: AdminCommand; readonly answer: AdminAnswer }[] = [];
  /** Log lines of the backends of level warn and above, newest last; at most 1 000. */
  readonly warnings: { readonly atUs: number; readonly host: string; readonly message: string }[] = [];

  constructor(
    readonly scenario: Scenario,
    private readonly options: WorldOptions,
  ) {
    const { seed, choices, traceSink } = options;
    const { explore } = options;
    this.explore = explore ?? null;
    const sim = new Simulation({
      seed,
      ...(choices ? { choices } : {}),
      ...(traceSink ? { traceSink } : {}),
      ...(explore ? { explore } : {}),
    });
    this.sim = sim;
    this.policy = resolvePolicy(scenario);
    this.tokens =
      scenario.tokens === undefined
        ? null
        : worldTokens(scenario.tokens, ({ sub, stamp }, token) => this.events.tokenIssued(sub, stamp, token));
    this.rollout = scenario.rollout === undefined ? null : rolloutPlan(scenario.rollout);
    this.network = new Network(sim, networkOptionsOf(scenario));
    const nowS = () => sim.nowUs / 1e6;
    this.recorder = options.recorder?.(nowS) ?? new Recorder(nowS);
    const { topology } = scenario;
    // a disk costs time, and nobody reads it unless a server starts again
    const restarts = scenario.faults.some(({ kind }) => kind === 'redis-crash' || kind === 'redis-restart');
    const persistence = restarts ? 'aof-everysec' : 'none';
    this.redis = new SimulatedRedis(sim, this.network, {
      ...topology.redis,
      persistence,
      // the order of commands is explored by the order of their arrival
      ...(explore ? { executionUs: 0 } : {}),
    });
    this.rolloutWatch = this.rollout === null ? null : new RolloutWatch(this, this.rollout);
    for (const { host } of [...this.redis.servers, ...this.redis.sentinels]) this.hosts.set(host.id, host);
    this.machines = topology.sfuNode === undefined ? null : new Map();
    this.meter =
      this.machines === null ? null : new NodeMeter(sim, this.sfuNodes, scenario.media, new WeightedHistogram(0.01));
    this.startSfuNodes(topology.sfuNodes, topology.autoscale?.min ?? topology.sfuNodes);
    this.autoscaler = topology.autoscale === undefined ? null : new Autoscaler(sim, this.sfuNodes, topology.autoscale);
    this.startBackends(topology.backends);
    this.startTurnServers();
    const balancerHost = this.addHost('balancer', 'balancer');
    balancerHost.start();
    const balancer = new Balancer(sim, this.network, {
      host: balancerHost,
      backends: this.backends.map(({ host }) => host),
      ...(this.policy.storePatienceMs > 0
        ? { isWell: (host) => this.backends.find((each) => each.host === host)?.backend?.well !== false }
        : {}),
    });
    this.operator = this.tokens === null ? null : this.startOperator(this.tokens);
    this.alerting = scenario.alerts === undefined ? null : this.startMonitoring();
    const sfuHosts = new Map(this.sfuNodes.map((node) => [node.name, node.host]));
    this.faults = new FaultPlan(
      {
        sim,
        network: this.network,
        hosts: this.hosts,
        primary: () => this.redis.primary.host,
        wipeRedis: (host) => this.redis.servers.find((server) => server.host === host)?.wipe(),
        operate: (command) => this.operator?.send(command),
        sfuFaults: (host) => this.sfuNodes.find((node) => node.host === host)!.faults,
        dropClients: (host, share) => this.sfuNodes.find((node) => node.host === host)!.dropSome(share),
      },
      scenario.faults,
    );
    this.ears =
      scenario.media.fidelity === 'none'
        ? null
        : new Ears({
            untilUs: (scenario.durationS + scenario.drainS) * 1e6,
            faultAt: (timeUs) => this.faults.activeAt(timeUs)?.kind ?? null,
            audibleGapUs: scenario.media.audibleGapMs * 1000,
          });
    this.media = this.ears === null ? null : createMediaPlane(this, this.ears, options);
    this.hearing = new Hearing({
      nowUs: () => sim.nowUs,
      reachable: (from, to) => this.network.reachable(from, to),
      faultAt: (timeUs) => this.faults.activeAt(timeUs)?.kind ?? null,
      onGap: (gap) => this.events.gap(gap),
      onFirstHeard: (listener, talker, channelId, afterUs) =>
        this.events.firstHeard(listener, talker, channelId, afterUs),
      onDoubled: (listener, talker, channelId) => this.events.doubled(listener.userId, talker.userId, channelId),
      watcher: this.media ?? undefined,
    });
    const turnWallet = this.turnGuards.size > 0 ? new TurnWallet() : null;
    const routing = new PeerRouting(sim.choices, this.network, {
      blockedShare: scenario.network.relay.share,
      relays: this.turnServers,
      ...(turnWallet === null
        ? {}
        : { access: (client, server) => this.turnGuards.get(server.id)!.admits(turnWallet.of(client)) }),
    });
    const fabric = new MediaFabric(this.network, this.hearing, sfuHosts, routing);
    for (const server of this.turnServers) {
      for (const change of ['onUp', 'onDown', 'onPause', 'onResume'] as const)
        server[change](() => fabric.reachabilityChanged());
    }
    const { overlapMs, fadeMs } = scenario.policy;
    const clientWorld = {
      sim,
      network: this.network,
      balancer,
      fabric,
      observer: this.events,
      options: defaultClientOptions,
      policy: { ...(overlapMs === undefined ? {} : { overlapMs }), ...(fadeMs === undefined ? {} : { fadeMs }) },
      device: deviceOptionsOf(scenario),
      ...(this.rollout === null && !scenario.policy.callRecordMs ? {} : { listening: new Listening(this) }),
      Controller: options.collaborators?.ModeController ?? ModeController,
      ...(turnWallet === null ? {} : { turnWallet }),
      ...(options.collaborators?.TurnPass ? { TurnPass: options.collaborators.TurnPass } : {}),
      ...(scenario.calls === undefined ? {} : { Calls: options.collaborators?.CallController ?? CallController }),
    };
    const truths = this.ears === null ? null : new LinkTruths(sim, this.ears);
    if (truths !== null) this.network.onProfile((hostId, link) => truths.set(hostId, this.network.linkOptions(link)));
    const createClient = (userId: string, profile?: string) => {
      const site = this.drawn(scenario.network.clientSites, `person/${userId}/site`);
      if (site !== undefined) this.network.setSite(`client-${userId}`, site);
      const client = new VirtualClient(clientWorld, {
        userId,
        ...(profile === undefined ? {} : { profile }),
        clock: this.clockOf(`client-${userId}`),
      });
      this.hosts.set(client.host.id, client.host);
      if (profile === undefined)
        truths?.set(client.host.id, this.network.linkOptions(this.network.profileOf(client.host)));
      this.faults.appear(client.host);
      return client;
    };
    const { script, devices, ...statistics } = scenario.population;
    const parts = { sim, profiles: scenario.network.clientProfiles, untilS: scenario.durationS };
    const createOnDevice = (userId: string, profile?: string) => {
      const client = createClient(userId, profile);
      if (devices !== undefined) new DeviceLife(sim, devices, client);
      return client;
    };
    this.population =
      script !== undefined
        ? new ScriptedPeople(sim, script, (userId, profile) =>
            createClient(userId, profile ?? this.drawn(scenario.network.clientProfiles, `person/${userId}/profile`)),
          )
        : scenario.calls !== undefined
          ? new CallCenter({ ...parts, createClient, organisations: scenario.calls.organisations })
          : new Population({ ...parts, options: statistics, createClient: createOnDevice });
    this.faults.schedule();
  }

  /** The run is over: what is still open in the books of ears is closed. Call once. */
  finish(): void {
    this.hearing.finish();
    this.media?.finish();
    this.ears?.finish(this.sim.nowUs);
  }

  /** Rooms that run on any SFU node now. */
  rooms(): SfuRoom[] {
    return this.sfuNodes.flatMap((node) =>
      node.runningRooms().map(({ name, epoch }) => ({ node: node.name, room: name, epoch })),
    );
  }

  private startSfuNodes(count: number, running: number): void {
    const model = resolveNode(this.scenario);
    for (let i = 1; i <= count; i++) {
      const name = `sfu-${i}`;
      const { meter } = this;
      const machine =
        model === null || meter === null ? null : new NodeMachine(model.profile, model.limits, meter.forwarding);
      const exporter = this.scenario.alerts === undefined ? null : new SfuExporter();
      const observers = [meter, exporter].filter((observer) => observer !== null);
      const node = new SfuNode(this.sim, this.network, {
        name,
        clock: this.clockOf(name),
        ...this.doorOf(),
        observers,
        ...(machine === null ? {} : { machine }),
      });
      if (machine !== null) this.machines?.set(node.host, machine);
      if (exporter !== null) {
        this.sfuExporters.set(node, exporter);
        node.host.onDown(() => exporter.forget());
      }
      this.hosts.set(name, node.host);
      this.sfuNodes.push(node);
      this.placeAtSite(name, i);
      if (i <= running) node.host.start();
    }
  }

  /** Servers of one kind are at the sites in turn. */
  private placeAtSite(hostId: string, number: number): void {
    const site = this.siteOf(number);
    if (site !== '') this.network.setSite(hostId, site);
  }

  private siteOf(number: number): string {
    const sites = this.scenario.topology.sites ?? [];
    return sites[(number - 1) % Math.max(1, sites.length)] ?? '';
  }

  /** Where a backend puts rooms; undefined: as the core does by itself. */
  private placementOf(backend: number): { placement?: PlacementOptions } {
    const { placement: strategy, placementJoinLoad: joinLoad } = this.scenario.policy;
    if (strategy === undefined && joinLoad === undefined) return {};
    const regions = new Map(this.sfuNodes.map(({ name }, index) => [name, this.siteOf(index + 1)]));
    return {
      placement: {
        ...defaultPlacement,
        ...(strategy === undefined ? {} : { strategy }),
        ...(joinLoad === undefined ? {} : { joinLoad }),
        region: this.siteOf(backend),
        regions,
      },
    };
  }

  /** How nodes check tokens, in worlds in which they are signed. */
  private doorOf(): Pick<SfuNodeOptions, 'door'> {
    const { tokens, redis } = this;
    if (tokens === null) return {};
    return {
      door: (host, inside, remove) =>
        new SfuDoor({
          redis: redis.client(host),
          subscriber: redis.subscriber(host),
          timers: timersOf(host),
          signer: tokens.signer,
          classes: this.options.collaborators,
          inside,
          remove,
        }),
    };
  }

  private startBackends(count: number): void {
    const { sim, network, policy, recorder } = this;
    const nodes = new Map(this.sfuNodes.map((node) => [node.name, node.host]));
    const sfuNodes = [...nodes.keys()];
    const { autoscale } = this.scenario.topology;
    const standby = autoscale === undefined ? {} : { sfuStandby: sfuNodes.slice(autoscale.min) };
    for (let i = 1; i <= count; i++) {
      let process: BackendProcess | null = null;
      const host = this.addHost(`backend-${i}`, 'backend', () => process?.boot());
      this.placeAtSite(host.id, i);
      process = new BackendProcess({
        sim,
        network,
        host,
        policy,
        calls: resolveCallPolicy(this.scenario),
        sfuNodes,
        ...standby,
        ...this.placementOf(i),
        metrics: recorder,
        exporter: this.scenario.alerts !== undefined,
        log: { write: (level, message, detail) => this.log(host, level, message, detail) },
        connectRedis: (of) => ({ redis: this.redis.client(of), subscriber: this.redis.subscriber(of) }),
        connectSfu: (of) => new SimulatedSfuControl({ sim, network, host: of, nodes }),
        ...(this.options.upgraded ? { upgraded: this.options.upgraded } : {}),
        ...(this.rollout === null ? {} : { rollout: this.rollout }),
        ...(this.tokens === null ? {} : { tokens: this.tokens }),
        turn: this.turnDesk(),
        ...(this.options.collaborators ? { collaborators: this.options.collaborators } : {}),
      });
      const booted = process;
      host.onDown(() => booted.down());
      this.backends.push(process);
      host.start();
    }
  }

  private startOperator({ signer }: TokenOptions): Operator {
    const host = this.addHost('operator-1', 'operator');
    host.start();
    const { network } = this;
    return new Operator({
      network,
      host,
      backends: this.backends.map((backend) => backend.host),
      signer,
      onAnswer: (command, answer) => this.answers.push({ command, answer }),
    });
  }

  /** Credentials for TURN servers, where tokens are signed and there are any. */
  private turnDesk(): TurnCredentialDesk | null {
    const { tokens, network } = this.scenario;
    const servers = network.relay.servers ?? 0;
    if (tokens === undefined || servers === 0) return null;
    const Desk = this.options.collaborators?.TurnCredentialDesk ?? TurnCredentialDesk;
    const urls = Array.from({ length: servers }, (_, index) => `turn:turn-${index + 1}:3478`);
    return new Desk(TURN_SECRET, urls, tokens.turnLifetimeMs);
  }

  private startMonitoring(): Alerting | null {
    const host = this.addHost('monitoring-1', 'monitoring');
    host.start();
    return startMonitoring(this, host, this.sfuExporters);
  }

  private startTurnServers(): void {
    const { servers, sites } = this.scenario.network.relay;
    for (let i = 1; i <= servers; i++) {
      const host = this.addHost(`turn-${i}`, 'turn');
      if (sites.length > 0) this.network.setSite(host.id, sites[(i - 1) % sites.length]!);
      this.turnServers.push(host);
      if (this.tokens !== null) this.turnGuards.set(host.id, new TurnServer(host, TURN_SECRET));
      host.start();
    }
  }

  private addHost(id: string, kind: HostKind, boot?: () => void): Host {
    const host = new Host(this.sim, { id, kind, clock: this.clockOf(id), ...(boot ? { boot } : {}) });
    this.hosts.set(id, host);
    return host;
  }

  /** A name, drawn by weight; undefined when there is none. */
  private drawn(weighted: Readonly<Record<string, number>>, label: string): string | undefined {
    const weights = Object.entries(weighted).filter(([, weight]) => weight > 0);
    if (weights.length < 2) return weights[0]?.[0];
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    let draw = this.sim.choices.stream(label).between(0, total);
    for (const [name, weight] of weights) {
      draw -= weight;
      if (draw < 0) return name;
    }
    return undefined;
  }

  /** Off by up to the scenario's skew and drift, either way. */
  private clockOf(hostId: string): HostClockOptions {
    const { clockSkewMs, clockDriftPpm } = this.scenario.hosts;
    if (clockSkewMs === 0 && clockDriftPpm === 0) return {};
    const stream = this.sim.choices.stream(`clock/${hostId}`);
    return {
      offsetMs: Math.round(stream.between(-clockSkewMs, clockSkewMs)),
      driftPpm: stream.between(-clockDriftPpm, clockDriftPpm),
    };
  }

  private log(host: Host, level: string, message: string, detail: Readonly<Record<string, unknown>> | undefined): void {
    if (level === 'debug' || level === 'info') return;
    this.sim.trace.record(host.id, 'log', message, detail);
    if (this.warnings.length >= 1_000) this.warnings.shift();
    this.warnings.push({
      atUs: this.sim.nowUs,
      host: host.id,
      message: detail ? `${message} ${JSON.stringify(detail)}` : message,
    });
  }
}
