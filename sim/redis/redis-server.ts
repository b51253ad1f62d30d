import { DeadairError } from '../errors.js';
import { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Connection, ConnectionHandlers, Network } from '../net/index.js';
import type { CommandListener } from './command-listener.js';
import { endSubscriptions } from './commands/pub-sub.js';
import { unwatch } from './commands/transactions.js';
import { DataServer, type ReplicationState, type ServerControl } from './data-server.js';
import { Disk } from './disk.js';
import { Replication } from './replication.js';
import type { Reply } from './reply.js';
import { Session } from './session.js';
import { type CommandBatch, type Push, REDIS_SERVICE, type Replies, replyBytes } from './wire.js';

/** How a server behaves. */
export interface RedisServerOptions {
  /** Time that one command takes, in microseconds. Default 20. */
  readonly executionUs?: number;
  /**
   * What is on disk after a crash. `none`: nothing; `aof-everysec`: everything up to the last whole second of its life. Default `none`.
   */
  readonly persistence?: 'none' | 'aof-everysec';
  /** There are or will be replicas. Default false. */
  readonly replicated?: boolean;
}

interface Arrival {
  readonly connection: Connection;
  readonly batch: CommandBatch;
}

/**
 * A Redis process on a host of its own. It executes batches one after the other, in order of arrival; each takes its time before it
 * takes effect, and then its answers leave as one message.
 */
export class RedisServer implements ServerControl {
  readonly host: Host;
  /** Multiplies the time that commands take: a slow machine, a fork, a big key. */
  slowness = 1;
  readonly replication: Replication;
  /** All servers, this one among them; null when there is but one. */
  peers: readonly RedisServer[] | null = null;
  /** @internal */
  readonly commandListeners: CommandListener[] = [];
  private current!: DataServer;
  private readonly executionUs: number;
  private readonly disk: Disk | null;
  private readonly clients = new Set<Connection>();
  private queue: Arrival[] = [];
  private busy = false;
  private batchEffects: (readonly string[])[] = [];
  private readonly replicationState = (): ReplicationState => this.replication.state();
  private readonly handlers: ConnectionHandlers = {
    onMessage: (message, connection) => this.arrive(connection, message as CommandBatch),
    onClose: (_reason, connection) => this.forget(connection),
  };

  /** @param id name of its host */
  constructor(
    readonly sim: Simulation,
    readonly net: Network,
    id: string,
    options: RedisServerOptions = {},
  ) {
    this.executionUs = options.executionUs ?? 20;
    this.host = new Host(sim, { id, kind: 'redis', boot: () => this.boot() });
    this.disk = options.persistence === 'aof-everysec' ? new Disk() : null;
    this.host.onDown(() => this.disk?.crash(sim.nowUs));
    this.replication = new Replication(this, options.replicated ?? false);
  }

  get id(): string {
    return this.host.id;
  }

  /** The data of the present process (of the last one, while it is down). */
  get data(): DataServer {
    return this.current;
  }

  /** Loses what is on disk; for a server that is down. */
  wipe(): void {
    this.disk?.wipe();
  }

  get role(): 'primary' | 'replica' {
    return this.replication.primary === null ? 'primary' : 'replica';
  }

  /** `CLIENT KILL TYPE` of all connections but one. @returns how many were closed */
  killClients(type: 'normal' | 'pubsub', except: Session | null = null): number {
    let count = 0;
    for (const connection of [...this.clients]) {
      const session = connection.data as Session;
      if (session === except || (session.subscriptions !== 0) !== (type === 'pubsub')) continue;
      this.forget(connection);
      connection.close('killed');
      count++;
    }
    return count;
  }

  /** @internal replaces all data: a full synchronisation has arrived */
  load(snapshot: DataServer['keyspace'], offset: number): void {
    this.current.keyspace.copyFrom(snapshot);
    this.current.keyspace.changes++;
    this.disk?.replace(this.current.keyspace);
    this.sim.trace.record(this.id, 'redis.full-sync', offset);
  }

  /** @internal executes what the primary has streamed */
  apply(effects: CommandBatch): void {
    for (const args of effects) this.current.applyEffect(REPLICATION_SESSION, args);
    // its own replicas are sent the very same words
    this.batchEffects = [];
  }

  /** @internal something has changed on this server, in words to be told to replicas and disk */
  readonly effect = (args: readonly string[]): void => {
    this.disk?.append(this.sim.nowUs, args);
    if (this.replication.wanted) this.batchEffects.push(args);
  };

  private emptyData(): DataServer {
    const data = new DataServer({
      nowMs: () => this.host.nowMs(),
      replication: this.replicationState,
      control: this,
    });
    if (this.disk !== null || this.replication.wanted) data.onEffect = this.effect;
    return data;
  }

  /** @internal after a change of role */
  configure(): void {
    const replica = this.replication.primary !== null;
    this.current.readOnly = replica;
    this.current.keyspace.expiryMode = replica ? 'hide' : 'delete';
  }

  /** `REPLICAOF`. @throws DeadairError when there is no such server */
  replicaOf(primary: string | null): void {
    if (primary === null) {
      this.replication.follow(null);
      return;
    }
    const server = this.peers?.find(({ id }) => id === primary);
    if (server === undefined)
      throw new DeadairError('redis.unknown-server', `REPLICAOF ${primary}: there is no such server.`);
    this.replication.follow(server.host);
  }

  private boot(): void {
    this.clients.clear();
    this.queue = [];
    this.busy = false;
    this.batchEffects = [];
    this.current = this.emptyData();
    if (this.disk !== null) {
      this.current.keyspace.copyFrom(this.disk.restore(this.sim.nowUs));
    }
    this.net.listen(this.host, REDIS_SERVICE, (connection) => this.accept(connection));
    this.configure();
    this.replication.boot();
  }

  private accept(connection: Connection): void {
    this.clients.add(connection);
    connection.handlers = this.handlers;
    connection.data = new Session((push) => connection.send({ push } satisfies Push, 64));
  }

  private forget(connection: Connection): void {
    if (!this.clients.delete(connection)) return;
    const session = connection.data as Session;
    endSubscriptions(this.current, session);
    unwatch(this.current, session);
  }

  private arrive(connection: Connection, batch: CommandBatch): void {
    if (this.busy) {
      this.queue.push({ connection, batch });
      return;
    }
    this.begin({ connection, batch });
  }

  private begin(arrival: Arrival): void {
    const costUs = arrival.batch.length * this.executionUs * this.slowness;
    if (costUs === 0) {
      this.finish(arrival);
      return;
    }
    this.busy = true;
    this.host.after(costUs, this.executed, arrival);
  }

  private readonly executed = (arrival: Arrival): void => {
    this.busy = false;
    this.finish(arrival);
    const next = this.queue.shift();
    if (next !== undefined) this.begin(next);
  };

  private finish({ connection, batch }: Arrival): void {
    // the connection has ended: what was not executed yet never is
    if (!this.clients.has(connection)) return;
    const session = connection.data as Session;
    const data = this.current;
    const listeners = this.commandListeners;
    data.traceFootprints = listeners.length !== 0;
    const replies: Reply[] = new Array(batch.length);
    let bytes = 0;
    for (let i = 0; i < batch.length; i++) {
      const args = batch[i]!;
      const reply = data.execute(session, args);
      replies[i] = reply;
      bytes += replyBytes(reply);
      if (listeners.length === 0) continue;
      const executed = { server: this, client: connection.remote, args, reply, footprint: data.lastFootprint()! };
      for (const listener of listeners) listener(executed);
    }
    this.sim.trace.messageBetween(this.host, connection.remote, 'redis.reply', batch[0]?.[0] ?? '');
    connection.send({ replies } satisfies Replies, bytes);
    this.flushEffects();
  }

  /** Sends what this batch has changed to the replicas. */
  private flushEffects(): void {
    if (this.batchEffects.length === 0) return;
    const effects = this.batchEffects;
    this.batchEffects = [];
    this.replication.stream(effects);
  }
}

const REPLICATION_SESSION = new Session(() => {});
