import { backendGauges } from '../../core/backend/backend-gauges.js';
import type { Collaborators } from '../../core/backend/collaborators.js';
import { VoiceBackend } from '../../core/backend/voice-backend.js';
import type { TokenOptions, VoiceBackendPorts } from '../../core/backend/voice-backend-options.js';
import { CallBackend, type CallBackendOptions, type CallPeers, type HandedOn } from '../../core/call/call-backend.js';
import type { CallCollaborators } from '../../core/call/call-collaborators.js';
import { CallGate } from '../../core/call/call-gate.js';
import type { CallPolicy } from '../../core/call/call-policy.js';
import type { PlacementOptions } from '../../core/cluster/placement.js';
import { MetricRegistry } from '../../core/metric-registry.js';
import type { Policy } from '../../core/policy.js';
import type {
  ClientGateway,
  Log,
  Metrics,
  Randomness,
  RedisClient,
  RedisSubscriber,
  SfuControl,
  Timers,
} from '../../core/ports.js';
import type { ServerMessage } from '../../core/protocol.js';
import type { RolloutPlan } from '../../core/rollout/rollout-plan.js';
import type { TurnCredentialDesk } from '../../core/token/turn-credentials.js';
import { BACKEND_SERVICE } from '../clients/index.js';
import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Connection, Network } from '../net/index.js';
import { ADMIN_SERVICE } from '../operators/index.js';
import { makeSfuToken } from '../sfu/index.js';

/** Classes of the core to use instead of its own. */
export type BackendClasses = Partial<
  Collaborators &
    CallCollaborators & { readonly VoiceBackend: typeof VoiceBackend; readonly CallBackend: typeof CallBackend }
>;

export interface BackendProcessOptions {
  readonly sim: Simulation;
  readonly network: Network;
  readonly host: Host;
  readonly policy: Policy;
  /** null: the backend knows nothing of calls. */
  readonly calls: CallPolicy | null;
  readonly sfuNodes: readonly string[];
  /** See `VoiceBackendOptions`. */
  readonly sfuStandby?: readonly string[];
  readonly placement?: PlacementOptions;
  readonly metrics: Metrics;
  /** Also keeps its own measurements, to be scraped. Default: no. */
  readonly exporter?: boolean;
  readonly log: Log;
  /** Made anew at each boot of the host. */
  readonly connectRedis: (host: Host) => { readonly redis: RedisClient; readonly subscriber: RedisSubscriber };
  readonly connectSfu: (host: Host) => SfuControl;
  readonly collaborators?: BackendClasses;
  /** Classes from the second start on. Default: `collaborators`. */
  readonly upgraded?: BackendClasses;
  readonly tokens?: TokenOptions | undefined;
  /** Null: clients are given no TURN credentials. */
  readonly turn?: TurnCredentialDesk | null;
  readonly rollout?: RolloutPlan;
}

/** What a client gives as reason when its tab is closed. */
const CLOSED_BY_CLIENT = 'closed by client';

/** A host's timers as the core's port. They die with the process; what they resolve runs before the next event. */
export function timersOf(host: Host): Timers {
  return {
    after(delayMs, callback) {
      const timer = host.after(
        Math.round(delayMs * 1_000),
        (due: () => void) => {
          due();
          host.sim.wake();
        },
        callback,
      );
      return { cancel: () => void host.cancelTimer(timer) };
    },
  };
}

/** A host's randomness as the core's port. */
export function randomnessOf(sim: Simulation, host: Host): Randomness {
  const stream = sim.choices.stream(`host/${host.id}`);
  let ordinal = 0;
  return {
    unique: () => `${host.id}.${host.incarnation}.${++ordinal}`,
    uniform: () => stream.uniform(),
  };
}

/** Media servers export the others. */
const isBackendMetric = (name: string): boolean => !/^voice_sfu_(?!node_changes_total$|up$)/.test(name);

/** The world's measurements and the process' own. */
class BothMetrics implements Metrics {
  constructor(
    private readonly world: Metrics,
    private readonly own: Metrics,
  ) {}

  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void {
    this.world.count(name, labels, by);
    this.own.count(name, labels, by);
  }

  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void {
    this.world.observe(name, value, labels);
    this.own.observe(name, value, labels);
  }
}

/** The voice backend as a process on a simulated host. Everything in its memory dies with it. */
export class BackendProcess {
  /** The running core, or null while the process is down. */
  backend: VoiceBackend | null = null;
  private readonly connections = new Map<string, Connection>();
  private gate: CallGate | null = null;
  private exporter: MetricRegistry | null = null;
  private redis: RedisClient | null = null;

  constructor(private readonly options: BackendProcessOptions) {}

  get host(): Host {
    return this.options.host;
  }

  /** Connections of clients that are open now. */
  get clients(): number {
    return this.connections.size;
  }

  /** Boots the core; to be called from the host's boot. */
  boot(): void {
    const { sim, network, host, policy, calls, sfuNodes, metrics, log } = this.options;
    this.connections.clear();
    const { redis, subscriber } = this.options.connectRedis(host);
    this.redis = redis;
    const instance = `${host.id}.${host.incarnation}`;
    this.exporter = this.options.exporter ? new MetricRegistry(isBackendMetric) : null;
    const ports: VoiceBackendPorts = {
      clock: { nowMs: () => host.nowMs() },
      timers: timersOf(host),
      random: randomnessOf(sim, host),
      redis,
      subscriber,
      sfu: this.options.connectSfu(host),
      gateway: this.gateway(),
      metrics: this.exporter === null ? metrics : new BothMetrics(metrics, this.exporter),
      log,
      tokens: { issue: (userId, room) => makeSfuToken({ ...room, userId }) },
    };
    const { upgraded, collaborators: original, tokens, turn, sfuStandby, placement, rollout } = this.options;
    const classes = (host.incarnation > 1 ? upgraded : undefined) ?? original ?? {};
    const { VoiceBackend: Backend = VoiceBackend, CallBackend: Calls = CallBackend, ...collaborators } = classes;
    const backend = new Backend({
      instance,
      policy,
      sfuNodes,
      sfuStandby,
      placement,
      ports,
      collaborators,
      tokens,
      turn: turn ?? undefined,
      rollout,
    });
    this.backend = backend;
    this.gate = null;
    network.listen(host, BACKEND_SERVICE, (connection) => this.accept(backend, connection));
    if (backend.admin !== null) network.listen(host, ADMIN_SERVICE, (connection) => this.admit(backend, connection));
    backend.start();
    if (calls !== null) {
      const ringing = new Calls(this.callOptions(backend, ports, calls));
      if (calls.holdMs > 0) backend.connections.onHandedOn((request) => ringing.onHandedOn(request as HandedOn));
      this.gate = this.startCalls(ringing);
    }
    sim.wake();
  }

  /** The page that a monitoring reads; null when there is none. */
  async page(): Promise<string | null> {
    const { backend, exporter, redis } = this;
    if (backend === null || exporter === null || redis === null) return null;
    const gauges = await backendGauges({
      redis,
      timers: timersOf(this.host),
      nodes: backend.nodes,
      connections: this.connections.size,
    });
    return exporter.text(gauges);
  }

  /** The process is gone. */
  down(): void {
    this.backend = null;
    this.exporter = null;
    this.connections.clear();
  }

  private accept(backend: VoiceBackend, connection: Connection): void {
    const { sim } = this.options;
    const id = String(connection.id);
    this.connections.set(id, connection);
    const { gate } = this;
    connection.handlers = {
      onMessage: (message) => {
        if (!gate?.onMessage(id, message)) backend.onMessage(id, message);
        sim.wake();
      },
      onClose: (reason) => {
        this.connections.delete(id);
        // a client that gives up on a dead connection closes it too, but for another reason
        const clean = reason === 'closed' && connection.closeDetail === CLOSED_BY_CLIENT;
        gate?.onClose(id, clean);
        backend.onClose(id, clean);
        sim.wake();
      },
    };
  }

  private callOptions(backend: VoiceBackend, ports: VoiceBackendPorts, policy: CallPolicy): CallBackendOptions {
    return {
      policy,
      tickMs: this.options.policy.tickMs,
      redis: ports.redis,
      clock: ports.clock,
      timers: ports.timers,
      random: ports.random,
      metrics: ports.metrics,
      log: ports.log,
      tell: (userId, message) => backend.connections.sendToUser(userId, message),
      answer: (localId, message) => ports.gateway.send(localId, message),
      ...(policy.holdMs > 0 ? { peers: this.callPeers(backend) } : {}),
      ...(this.options.collaborators === undefined ? {} : { collaborators: this.options.collaborators }),
    };
  }

  private callPeers({ connections }: VoiceBackend): CallPeers {
    return {
      instance: `${this.host.id}.${this.host.incarnation}`,
      isHere: (userId) => connections.isHere(userId),
      handOn: (instance, request) => connections.handOn(instance, request),
      answerAt: (instance, localId, message) => connections.sendAt(instance, localId, message),
    };
  }

  /** An operator has connected. */
  private admit(backend: VoiceBackend, connection: Connection): void {
    connection.handlers = {
      onMessage: (message) => {
        void backend.admin?.handle(message).then((answer) => connection.open && connection.send(answer, 1_000));
        this.options.sim.wake();
      },
    };
  }

  private startCalls(calls: CallBackend): CallGate {
    calls.start();
    return new CallGate(calls, (localId, requestId, problem) => {
      this.options.log.write('warn', 'message refused', { problem });
      if (requestId === null) return;
      const refusal = { type: 'call-refused', requestId, code: 'invalid', version: 0, retryAfterMs: 0 } as const;
      this.connections.get(localId)?.send(refusal, messageBytes(refusal));
    });
  }

  private gateway(): ClientGateway {
    return {
      send: (connectionId, message) => {
        this.connections.get(connectionId)?.send(message, messageBytes(message));
      },
      close: (connectionId, reason) => {
        const connection = this.connections.get(connectionId);
        this.connections.delete(connectionId);
        connection?.close(reason);
      },
    };
  }
}

/** Size on the wire, roughly: rosters dominate. */
function messageBytes(message: ServerMessage): number {
  switch (message.type) {
    case 'joined':
    case 'join-ready':
    case 'channel':
      return 300 + 40 * message.view.roster.length;
    case 'signal':
      return 1_200;
    default:
      return 100;
  }
}
