/**
 * How a client behaves: `ioredis` 5.11 as the backends configure it. Commands wait while a connection is being made (ioredis'
 * `enableOfflineQueue`, at most for `commandTimeoutMs`), and are rejected when it fails (`maxRetriesPerRequest: 0`). Those in flight when
 * a connection breaks are rejected too: they may or may not have been executed, and are never sent again.
 */
export interface RedisClientOptions {
  /** A command without an answer for so long is rejected; its answer, if it comes, is dropped. In ms. Default 1 000. */
  readonly commandTimeoutMs?: number;
  /** Commands wait for answers and nothing has arrived for so long: the connection is given up. In ms. Default 5 000. */
  readonly socketTimeoutMs?: number;
  /** An attempt to connect that takes longer is given up. In ms. Default 1 000. */
  readonly connectTimeoutMs?: number;
  /** Pause before attempt n is `min(n * retryStepMs, retryMaxMs)`. In ms. Default 50. */
  readonly retryStepMs?: number;
  /** In ms. Default 2 000. */
  readonly retryMaxMs?: number;
  /** A subscriber asks for a sign of life so often, since it would not notice a dead connection otherwise. In ms; 0: never. Default 0. */
  readonly pingIntervalMs?: number;
}

export type ResolvedClientOptions = Required<RedisClientOptions>;

export function resolveClientOptions(options: RedisClientOptions = {}): ResolvedClientOptions {
  return {
    commandTimeoutMs: options.commandTimeoutMs ?? 1000,
    socketTimeoutMs: options.socketTimeoutMs ?? 5000,
    connectTimeoutMs: options.connectTimeoutMs ?? 1000,
    retryStepMs: options.retryStepMs ?? 50,
    retryMaxMs: options.retryMaxMs ?? 2000,
    pingIntervalMs: options.pingIntervalMs ?? 0,
  };
}

/** Used where none are given; shared, because clients are made by the thousand. */
export const DEFAULT_CLIENT_OPTIONS = resolveClientOptions();
