import { describe, expect, it } from 'vitest';
import { redisWorld } from './redis-world.js';

describe('sentinels', () => {
  it('agree after a failover, whenever their hellos come, also while the one in charge is not done', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { redis, advance } = redisWorld({ replicas: 2, sentinels: 3 }, seed);
      await advance(10_000 + 37 * seed);
      redis.primary.host.crash();
      await advance(4_000);
      redis.servers[2]!.host.pause(6e6); // keeps the failover busy
      await advance(6_000);
      redis.servers[0]!.host.start();
      await advance(30_000);
      const announced = redis.sentinels.map(({ announced: server }) => server.id);
      expect([seed, ...announced]).toEqual([seed, redis.primary.id, redis.primary.id, redis.primary.id]);
      expect(redis.primary.id).not.toBe('redis-1');
    }
  });
});
