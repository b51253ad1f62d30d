import { keys } from '../keys.js';
import type { ClientGateway, Log, RedisClient, RedisSubscriber } from '../ports.js';
import type { ServerMessage } from '../protocol.js';
import { pipelined } from '../store/pipeline.js';
import { Script } from '../store/script.js';

const forget = new Script(
  'forget-connection',
  `redis.call('SREM', KEYS[2], ARGV[2])
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`,
);

/** `instance#local`: names a connection in the whole cluster. */
export const connectionName = (instance: string, local: string): string => `${instance}#${local}`;
export const instanceOf = (connection: string): string => connection.slice(0, connection.lastIndexOf('#'));
const localOf = (connection: string): string => connection.slice(connection.lastIndexOf('#') + 1);

/** Reaches any user from any backend (C2): who is connected where stands in Redis, messages travel by pub/sub. */
export class ConnectionCluster {
  /** user id -> local id of the newest connection here */
  private readonly local = new Map<string, string>();

  constructor(
    protected readonly instance: string,
    protected readonly redis: RedisClient,
    protected readonly subscriber: RedisSubscriber,
    protected readonly gateway: ClientGateway,
    protected readonly log: Log,
  ) {}

  /** Starts to listen for messages from other backends. */
  async listen(): Promise<void> {
    this.subscriber.on('message', (channel, message) => {
      if (channel !== keys.backend(this.instance)) return;
      const { to, body } = JSON.parse(message) as { to: string; body: ServerMessage };
      this.gateway.send(to, body);
    });
    await this.subscriber.subscribe(keys.backend(this.instance));
  }

  /** A user has connected here. The newest connection of a user is the one that is reached. */
  async register(userId: string, localId: string): Promise<void> {
    this.local.set(userId, localId);
    await pipelined(this.redis, [
      ['SET', keys.connection(userId), connectionName(this.instance, localId)],
      ['SADD', keys.backendConnections(this.instance), userId],
    ]);
  }

  /** Writes all local connections again: a failover may have lost them. */
  async registerAll(): Promise<void> {
    for (const [userId, localId] of [...this.local]) await this.register(userId, localId);
  }

  /** The connection has gone; a newer one of the same user stays. */
  async unregister(userId: string, localId: string): Promise<void> {
    if (this.local.get(userId) !== localId) return;
    this.local.delete(userId);
    await forget.run(
      this.redis,
      [keys.connection(userId), keys.backendConnections(this.instance)],
      [connectionName(this.instance, localId), userId],
    );
  }

  /** Sends to wherever the user is connected; silently nothing when that is nowhere. */
  async sendToUser(userId: string, message: ServerMessage): Promise<void> {
    const here = this.local.get(userId);
    if (here !== undefined) {
      this.gateway.send(here, message);
      return;
    }
    const connection = (await this.redis.call('GET', keys.connection(userId))) as string | null;
    if (connection !== null)
      await this.redis.call(
        'PUBLISH',
        keys.backend(instanceOf(connection)),
        JSON.stringify({ to: localOf(connection), body: message }),
      );
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
