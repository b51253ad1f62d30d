import type { RedisClient, RedisCommand } from '../ports.js';

/**
 * Sends commands in one round trip and returns their replies; throws the first error. `call` keeps ioredis from giving
 * some commands another shape in a pipeline than `redis.call` gives them.
 */
export async function pipelined(redis: RedisClient, commands: readonly RedisCommand[]): Promise<unknown[]> {
  const replies = await redis.pipeline(commands.map((command) => ['call', ...command])).exec();
  if (!replies) throw new Error('the pipeline was discarded');
  return replies.map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}
