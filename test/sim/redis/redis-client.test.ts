import { describe, expect, it } from 'vitest';
import { redisWorld } from './redis-world.js';

describe('client', () => {
  it('sends what is asked in one turn as one message each way, executed in order', async () => {
    const { redis, net, host, outcome, advance } = redisWorld();
    const client = redis.client(host);
    await advance(10);
    const before = net.statistics.messages.sent;
    const all = await outcome(
      Promise.all([
        client.call('INCR', 'n'),
        client.call('INCR', 'n'),
        client
          .pipeline([
            ['call', 'INCR', 'n'],
            ['call', 'GET', 'n'],
            ['call', 'HGET', 'n', 'x'],
          ])
          .exec(),
      ]),
    );
    expect(all).toMatchObject([
      1,
      2,
      [
        [null, 3],
        [null, '3'],
        [{ message: expect.stringContaining('WRONGTYPE') }, undefined],
      ],
    ]);
    expect(net.statistics.messages.sent - before).toBe(2);
  });

  it('keeps commands while it connects, and rejects them when it cannot', async () => {
    const { redis, host, outcome } = redisWorld();
    expect(await outcome(redis.client(host).call('PING'))).toBe('PONG');
    redis.primary.host.crash();
    expect(await outcome(redis.client(host).call('PING'))).toContain('max retries per request limit (which is 0)');
  });

  it('rejects what is in flight when the connection breaks, and connects again', async () => {
    const { redis, host, sim, outcome, advance } = redisWorld();
    const client = redis.client(host);
    await outcome(client.call('SET', 'a', '1'));
    redis.primary.slowness = 1000; // 20 ms a command
    sim.after(10_000, () => redis.primary.host.restart(500_000));
    expect(await outcome(client.call('SET', 'b', '1'))).toBe('Connection is closed.');
    expect(await outcome(client.call('GET', 'a'))).toContain('max retries');
    await advance(5000);
    expect(client.ready).toBe(true);
    expect(await outcome(client.call('EXISTS', 'a', 'b'))).toBe(0);
  });

  it('cannot know whether a command without an answer was executed', async () => {
    const { redis, host, net, outcome, advance } = redisWorld();
    const client = redis.client(host);
    await outcome(client.call('SET', 'n', '1'));
    const cut = net.partition([redis.primary.host], [host], 'a-to-b');
    expect(await outcome(client.call('INCR', 'n'))).toBe('Command timed out');
    net.heal(cut);
    await advance(5000);
    expect(await outcome(client.call('GET', 'n'))).toBe('2');
  });

  it('times a command out, drops its late answer, and gives a silent connection up', async () => {
    const { redis, host, net, sim, outcome, advance } = redisWorld();
    const client = redis.client(host);
    await outcome(client.call('SET', 'n', '1'));
    redis.primary.slowness = 100_000; // 2 s a command
    const startUs = sim.nowUs;
    expect(await outcome(client.call('INCR', 'n'))).toBe('Command timed out');
    expect(sim.nowUs - startUs).toBeLessThan(1_010_000);
    await advance(1500);
    redis.primary.slowness = 1;
    expect(await outcome(client.call('GET', 'n'))).toBe('2');
    net.cutOff(host);
    expect(await outcome(client.call('GET', 'n'))).toBe('Command timed out');
    expect(client.ready).toBe(true);
    await advance(4500);
    expect(client.ready).toBe(false);
  });

  it('leaves a server that has become a replica', async () => {
    const { redis, host, outcome, advance } = redisWorld({ replicas: 2, sentinels: 3 });
    const client = redis.client(host);
    await outcome(client.call('SET', 'a', '1'));
    const [first, second] = redis.servers;
    second!.replication.follow(null);
    first!.replication.follow(second!.host);
    expect(client.server).toBe(first!.host);
    expect(await outcome(client.call('SET', 'a', '2'))).toContain('READONLY');
    expect(client.ready).toBe(false);
    await advance(1);
  });

  it('has no voice from the grave', async () => {
    const { redis, host, outcome, advance } = redisWorld();
    const client = redis.client(host);
    await outcome(client.call('SET', 'a', '1'));
    const last = client.call('INCR', 'a');
    host.crash();
    await advance(100);
    expect(redis.inspect().get('a')).toBe('1');
    expect(await outcome(last)).toBe('pending');
    expect(await outcome(client.call('INCR', 'a'))).toBe('pending');
  });
});

describe('subscriber', () => {
  it('hears nothing of the time it was away, and says when it is back', async () => {
    const { redis, host, outcome, advance } = redisWorld();
    const client = redis.client(host);
    const subscriber = redis.subscriber(host);
    const heard: string[] = [];
    subscriber
      .on('ready', () => heard.push('ready'))
      .on('message', (channel, message) => heard.push(`${channel} ${message}`));
    expect(await outcome(subscriber.subscribe('x', 'y'))).toBe(2);
    await outcome(client.call('PUBLISH', 'x', 'a'));
    await outcome(
      client
        .pipeline([
          ['call', 'CLIENT', 'KILL', 'TYPE', 'pubsub'],
          ['call', 'PUBLISH', 'x', 'lost'],
        ])
        .exec(),
    );
    await advance(1000);
    await outcome(client.call('PUBLISH', 'y', 'b'));
    expect(heard).toEqual(['ready', 'x a', 'ready', 'y b']);
  });

  it('notices a dead connection by pings', async () => {
    const { redis, host, net, outcome, advance } = redisWorld();
    const subscriber = redis.subscriber(host, { pingIntervalMs: 1000 });
    await outcome(subscriber.subscribe('x'));
    net.cutOff(host);
    await advance(7500);
    expect(subscriber.ready).toBe(false);
  });
});

describe('world', () => {
  it('looks in without leaving a trace', async () => {
    const { redis, host, outcome, advance } = redisWorld();
    const client = redis.client(host);
    await outcome(
      client
        .pipeline([
          ['call', 'SET', 'a', '1', 'PX', '50'],
          ['call', 'HSET', 'h', 'f', 'v'],
          ['call', 'SADD', 's', 'm'],
          ['call', 'ZADD', 'z', '2', 'm'],
        ])
        .exec(),
    );
    const seen = redis.inspect();
    expect([seen.get('a'), seen.hgetall('h').get('f'), [...seen.smembers('s')], seen.zrange('z')]).toEqual([
      '1',
      'v',
      ['m'],
      [{ member: 'm', score: 2 }],
    ]);
    await advance(100);
    expect(seen.get('a')).toBeNull();
    expect(redis.primary.data.keyspace.find('a')).toBeDefined();
  });

  it('tells oracles of every command with its footprint', async () => {
    const { redis, host, outcome } = redisWorld();
    const seen: unknown[] = [];
    redis.onCommand(({ server, client, args, reply, footprint }) =>
      seen.push([server.id, client.id, args, reply, footprint]),
    );
    await outcome(redis.client(host).call('INCR', 'n'));
    expect(seen).toEqual([['redis-1', 'backend-1', ['INCR', 'n'], 1, { reads: ['n'], writes: ['n'] }]]);
  });

  it('has the same history for the same seed, also through a failover', async () => {
    const history = async (seed: number): Promise<string> => {
      const { redis, host, sim, advance } = redisWorld({ replicas: 2, sentinels: 3 }, seed);
      const client = redis.client(host);
      const next = (): void => {
        const again = (): void => {
          host.after(20_000, next);
        };
        client.call('INCR', 'n').then(again, again);
      };
      next();
      await advance(10_000);
      redis.primary.host.restart(20_000_000);
      await advance(50_000);
      expect(redis.primary.id).not.toBe('redis-1');
      expect(redis.servers.map(({ role }) => role).sort()).toEqual(['primary', 'replica', 'replica']);
      return sim.trace.hash;
    };
    expect(await history(7)).toBe(await history(7));
    expect(await history(7)).not.toBe(await history(8));
  });
});
