import { keys } from '../keys.js';
import type { ClientGateway, Log, RedisArgument, RedisClient } from '../ports.js';
import type { ServerMessage } from '../protocol.js';
import { pipelined } from '../store/pipeline.js';
import { Script } from '../store/script.js';

const forget = new Script(
  'forget-connection',
  `redis.call('SREM', KEYS[2], ARGV[2])
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`,
);

/**
 * Finds a user's connection and sends over it, in one round trip. `KEYS`: the user's connection. `ARGV`: our instance, the message as JSON, then, for a member
 * of a channel, the channel and the user: then it is the connection that answers for the member there, if any. Answers with the connection's own id when it is
 * one of ours; with nil when there is none; else with '', and the message was published to whoever has it.
 */
const send = new Script(
  'send-to-user',
  `local connection
if ARGV[3] then
  local membership = redis.call('HGET', 'channel_sessions:' .. ARGV[3], ARGV[4])
  if membership then
    local from = 1
    while from <= #membership and string.sub(membership, from, from) ~= '|' do from = from + 1 end
    local to = from + 1
    while to <= #membership and string.sub(membership, to, to) ~= '|' do to = to + 1 end
    connection = string.sub(membership, from + 1, to - 1)
  end
end
if not connection or connection == '' then connection = redis.call('GET', KEYS[1]) end
if not connection then return false end
local colon = 1
while colon < #connection and string.sub(connection, colon, colon) ~= ':' do colon = colon + 1 end
local hash = #connection
while hash > colon and string.sub(connection, hash, hash) ~= '#' do hash = hash - 1 end
local instance = string.sub(connection, colon + 1, hash - 1)
local id = string.sub(connection, hash + 1)
if instance == ARGV[1] then return id end
redis.call('PUBLISH', 'voice:backend:' .. instance, '{"to":"' .. id .. '","body":' .. ARGV[2] .. '}')
return ''`,
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
    const connection = this.local.get(userId);
    if (connection === undefined) await this.find(userId, message);
    else this.gateway.send(localOf(connection), message);
  }

  /** Sends to a member of a channel over the connection that answers for it there. */
  async sendToMember(channelId: number, userId: string, message: ServerMessage): Promise<void> {
    await this.find(userId, message, [channelId, userId]);
  }

  protected async find(userId: string, message: ServerMessage, member: readonly RedisArgument[] = []): Promise<void> {
    const args = [this.instance, JSON.stringify(message), ...member];
    let here = (await send.run(this.redis, [keys.connection(userId)], args)) as string | null;
    if (here === null) here = localOf(this.local.get(userId) ?? ''); // the store has lost it
    if (here !== '') this.gateway.send(here, message);
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
