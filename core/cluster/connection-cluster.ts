import { keys } from '../keys.js';
import type { ClientGateway, Log, RedisClient } from '../ports.js';
import type { ServerMessage } from '../protocol.js';
import { pipelined } from '../store/pipeline.js';
import { Script } from '../store/script.js';

const forget = new Script(
  'forget-connection',
  `redis.call('SREM', KEYS[2], ARGV[2])
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`,
);

/**
 * `connects:instance#local`: names a connection in the whole cluster. `connects` numbers the connections of a session: what a backend
 * does late for an old one must not undo what another has done for a newer one.
 */
export const connectionName = (instance: string, local: string, connects: number): string =>
  `${connects}:${instance}#${local}`;
export const instanceOf = (connection: string): string =>
  connection.slice(connection.indexOf(':') + 1, connection.lastIndexOf('#'));
const connectsOf = (connection: string): number => Number(connection.slice(0, connection.indexOf(':')));

/** Of two connections of the same session, whether `a` is older than `b`. */
export const olderConnection = (a: string, b: string): boolean => connectsOf(a) < connectsOf(b);
export const localOf = (connection: string): string => connection.slice(connection.lastIndexOf('#') + 1);

/** Reaches any user from any backend (C2): who is connected where stands in Redis, messages travel by pub/sub. */
export class ConnectionCluster {
  /** user id -> name of the newest connection here */
  protected readonly local = new Map<string, string>();

  protected handedOn: ((request: unknown) => void) | null = null;

  constructor(
    protected readonly instance: string,
    protected readonly redis: RedisClient,
    protected readonly gateway: ClientGateway,
    protected readonly log: Log,
  ) {}

  /** A message from another backend has arrived on this instance's channel. */
  receive(message: string): void {
    const { to, body, calls } = JSON.parse(message) as { to: string; body: ServerMessage; calls?: unknown };
    if (calls !== undefined) this.handedOn?.(calls);
    else this.gateway.send(to, body);
  }

  /** A user has connected here. The newest connection of a user is the one that is reached. */
  async register(userId: string, localId: string, connects: number): Promise<void> {
    const connection = connectionName(this.instance, localId, connects);
    this.local.set(userId, connection);
    await this.announce(userId, connection);
  }

  /** Has somebody told of what other backends hand on about calls. */
  onHandedOn(listener: (request: unknown) => void): void {
    this.handedOn = listener;
  }

  /** Whether the user is connected to this backend. */
  isHere(userId: string): boolean {
    return this.local.has(userId);
  }

  /** Hands something about calls on to another backend. @returns false when nobody has heard it */
  async handOn(instance: string, calls: unknown): Promise<boolean> {
    return Number(await this.redis.call('PUBLISH', keys.backend(instance), JSON.stringify({ calls }))) > 0;
  }

  /** Sends over a connection of another backend. */
  async sendAt(instance: string, to: string, body: ServerMessage): Promise<void> {
    await this.redis.call('PUBLISH', keys.backend(instance), JSON.stringify({ to, body }));
  }

  /** Writes all local connections again: a failover may have lost them. */
  async registerAll(): Promise<void> {
    for (const [userId, connection] of [...this.local]) await this.announce(userId, connection);
  }

  /** The connection has gone; a newer one of the same user stays. */
  async unregister(userId: string, localId: string): Promise<void> {
    const connection = this.local.get(userId);
    if (connection === undefined || localOf(connection) !== localId) return;
    this.local.delete(userId);
    await forget.run(
      this.redis,
      [keys.connection(userId), keys.backendConnections(this.instance)],
      [connection, userId],
    );
  }

  /** Sends to wherever the user is connected; silently nothing when that is nowhere. */
  async sendToUser(userId: string, message: ServerMessage): Promise<void> {
    const connection =
      this.local.get(userId) ?? ((await this.redis.call('GET', keys.connection(userId))) as string | null);
    if (connection !== null) await this.sendTo(connection, message);
  }

  /** Sends to a member of a channel over the connection that answers for it there. */
  async sendToMember(channelId: number, userId: string, message: ServerMessage): Promise<void> {
    const membership = (await this.redis.call('HGET', keys.sessions(channelId), userId)) as string | null;
    const connection = membership?.split('|')[1];
    if (connection) await this.sendTo(connection, message);
    else await this.sendToUser(userId, message);
  }

  protected async sendTo(connection: string, message: ServerMessage): Promise<void> {
    const instance = instanceOf(connection);
    const to = localOf(connection);
    if (instance === this.instance) this.gateway.send(to, message);
    else await this.redis.call('PUBLISH', keys.backend(instance), JSON.stringify({ to, body: message }));
  }

  protected async announce(userId: string, connection: string): Promise<void> {
    await pipelined(this.redis, [
      ['SET', keys.connection(userId), connection],
      ['SADD', keys.backendConnections(this.instance), userId],
    ]);
  }

  /** Removes what a dead backend has left behind. */
  async forgetBackend(instance: string): Promise<void> {
    const users = (await this.redis.call('SMEMBERS', keys.backendConnections(instance))) as string[];
    for (const userId of users) {
      const connection = (await this.redis.call('GET', keys.connection(userId))) as string | null;
      if (connection !== null && instanceOf(connection) === instance) {
        await forget.run(
          this.redis,
          [keys.connection(userId), keys.backendConnections(instance)],
          [connection, userId],
        );
      }
    }
    await this.redis.call('DEL', keys.backendConnections(instance));
  }
}
