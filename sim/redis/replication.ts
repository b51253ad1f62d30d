import type { Host, HostTimer } from '../hosts/index.js';
import type { Connection } from '../net/index.js';
import type { ReplicationState } from './data-server.js';
import type { RedisServer } from './redis-server.js';
import { Keyspace } from './store/keyspace.js';
import {
  batchBytes,
  type CommandBatch,
  REPLICATION_SERVICE,
  type ReplicationMessage,
  type SyncRequest,
} from './wire.js';

/** Effects kept for replicas that were away for a moment (`repl-backlog-size`). */
const BACKLOG_EFFECTS = 10_000;
/** Pause between attempts of a replica to reach its primary, in microseconds (Redis: once a second). */
const RETRY_US = 1_000_000;

/**
 * Asynchronous replication of one server. The server answers its clients first; what has changed follows to whoever is connected. A
 * replica that comes (back) gets what it has missed, if its history and the backlog allow, or everything. Offsets count effects.
 */
export class Replication {
  /** Server that this one follows; null for a primary. Survives a crash (`CONFIG REWRITE`). */
  primary: Host | null = null;
  /** Effects since the beginning of the history. */
  offset = 0;
  /** When it was promoted last, in virtual microseconds; -1: it has always been what it is. */
  promotedUs = -1;
  private history: string;
  /** History up to a promotion, which a replica that has not gone further may continue from. */
  private former: { readonly history: string; readonly offset: number } | null = null;
  private backlog: (readonly string[])[] = [];
  private readonly replicas = new Set<Connection>();
  private link: Connection | null = null;
  private linkUp = false;
  private retry: HostTimer | null = null;
  private histories = 0;

  constructor(
    private readonly server: RedisServer,
    /** False: nobody will ever ask for effects, so they are not collected. */
    readonly wanted: boolean,
  ) {
    this.history = this.newHistory();
  }

  /** @internal at every start of the process */
  boot(): void {
    this.replicas.clear();
    this.link = null;
    this.linkUp = false;
    this.retry = null;
    this.backlog = [];
    this.former = null;
    this.offset = 0;
    this.history = this.primary === null ? this.newHistory() : '';
    if (!this.wanted) return;
    this.server.net.listen(this.server.host, REPLICATION_SERVICE, (connection) => {
      connection.handlers = {
        onMessage: (message) => this.serve(connection, message as SyncRequest),
        onClose: () => this.replicas.delete(connection),
      };
    });
    if (this.primary !== null) this.connect();
  }

  /** `REPLICAOF`: follows another server from now on, or none. What the other does not have is lost when the data arrive. */
  follow(primary: Host | null): void {
    if (primary === this.primary) return;
    const { server } = this;
    this.primary = primary;
    server.sim.trace.record(server.id, 'redis.follow', primary?.id ?? 'nobody');
    if (server.host.state === 'down') return;
    this.link?.close('role changed');
    this.link = null;
    this.linkUp = false;
    if (this.retry !== null) server.host.cancelTimer(this.retry);
    this.retry = null;
    server.configure();
    if (primary === null) {
      this.promotedUs = server.sim.nowUs;
      this.former = { history: this.history, offset: this.offset };
      this.history = this.newHistory();
    } else {
      for (const connection of this.replicas) connection.close('role changed');
      this.replicas.clear();
      this.connect();
    }
  }

  /** @internal sends effects to all replicas */
  stream(effects: CommandBatch): void {
    this.offset += effects.length;
    for (const args of effects) this.backlog.push(args);
    if (this.backlog.length > 2 * BACKLOG_EFFECTS) this.backlog = this.backlog.slice(-BACKLOG_EFFECTS);
    if (this.replicas.size === 0) return;
    const message: ReplicationMessage = { kind: 'effects', history: this.history, offset: this.offset, effects };
    const bytes = batchBytes(effects);
    for (const connection of this.replicas) connection.send(message, bytes);
  }

  state(): ReplicationState {
    const replicas = [...this.replicas].map((connection) => ({ host: connection.remote.id, offset: this.offset }));
    if (this.primary === null) return { role: 'primary', offset: this.offset, replicas };
    return { role: 'replica', offset: this.offset, primary: { host: this.primary.id, linkUp: this.linkUp }, replicas };
  }

  /** Connected to its primary and synchronised. */
  get synchronised(): boolean {
    return this.linkUp;
  }

  private newHistory(): string {
    return `${this.server.id}/${this.server.host.incarnation}/${++this.histories}`;
  }

  private serve(connection: Connection, request: SyncRequest): void {
    const missing = this.missing(request);
    if (missing !== null) {
      connection.send(
        { kind: 'effects', history: this.history, offset: this.offset, effects: missing } satisfies ReplicationMessage,
        batchBytes(missing),
      );
    } else {
      const snapshot = new Keyspace(this.server.data.nowMs);
      snapshot.copyFrom(this.server.data.keyspace);
      const message: ReplicationMessage = { kind: 'full', history: this.history, offset: this.offset, snapshot };
      connection.send(message, 1024 + snapshot.size * 128);
    }
    this.replicas.add(connection);
  }

  /** What a replica needs to continue; null when it has to start again. */
  private missing(request: SyncRequest): CommandBatch | null {
    const continues =
      request.history === this.history ||
      (this.former !== null && request.history === this.former.history && request.offset <= this.former.offset);
    const behind = this.offset - request.offset;
    if (!continues || behind < 0 || behind > this.backlog.length) return null;
    return behind === 0 ? [] : this.backlog.slice(-behind);
  }

  private connect(): void {
    const { server } = this;
    this.retry = null;
    const primary = this.primary;
    if (primary === null) return;
    this.link = server.net.connect(server.host, primary, REPLICATION_SERVICE, {
      onOpen: (connection) => connection.send({ history: this.history, offset: this.offset } satisfies SyncRequest, 64),
      onMessage: (message, connection) => {
        if (connection === this.link) this.receive(message as ReplicationMessage);
      },
      onClose: (_reason, connection) => {
        if (connection !== this.link) return;
        this.link = null;
        this.linkUp = false;
        this.retry = server.host.after(RETRY_US, () => this.connect());
      },
    });
  }

  private receive(message: ReplicationMessage): void {
    const { server } = this;
    this.linkUp = true;
    this.history = message.history;
    if (message.kind === 'full') {
      server.load(message.snapshot, message.offset);
      this.backlog = [];
      this.former = null;
      this.offset = message.offset;
      // replicas of this replica cannot follow a jump
      for (const connection of this.replicas) connection.close('full synchronisation');
      this.replicas.clear();
      return;
    }
    const { effects } = message;
    if (effects.length === 0) return;
    server.apply(effects);
    this.stream(effects);
  }
}
