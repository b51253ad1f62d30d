import type { RedisArgument, RedisClient } from '../ports.js';

/**
 * A Lua script, called by its SHA-1 and loaded on first use (`EVALSHA`, after `NOSCRIPT` `EVAL`). The digest is asked of
 * the server with `SCRIPT LOAD`, once per client.
 */
export class Script {
  private readonly digests = new WeakMap<RedisClient, string>();

  constructor(
    readonly name: string,
    readonly source: string,
  ) {}

  async run(redis: RedisClient, keys: readonly string[], args: readonly RedisArgument[]): Promise<unknown> {
    let digest = this.digests.get(redis);
    if (digest === undefined) {
      digest = (await redis.call('SCRIPT', 'LOAD', this.source)) as string;
      this.digests.set(redis, digest);
    }
    try {
      return await redis.call('EVALSHA', digest, keys.length, ...keys, ...args);
    } catch (error) {
      // another server after a failover, or SCRIPT FLUSH
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.call('EVAL', this.source, keys.length, ...keys, ...args);
    }
  }
}
