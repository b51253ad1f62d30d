import { describe, expect, it } from 'vitest';
import { redisWorld } from './redis-world.js';

describe('replication', () => {
  it('follows at a distance: an acknowledged write is lost with the primary', async () => {
    const { redis, host, outcome, advance } = redisWorld({ replicas: 1 });
    const client = redis.client(host);
    expect(await outcome(client.call('SET', 'a', '1'))).toBe('OK');
    const [primary, replica] = redis.servers;
    await advance(10);
    expect(replica!.data.keyspace.find('a')).toBe('1');
    let acknowledged = '';
    redis.onCommand(({ args }) => {
      // the moment of execution: the answer and the stream have left, nothing has arrived
      if (args[2] === '2') acknowledged = String(replica!.data.keyspace.find('a'));
    });
    expect(await outcome(client.call('SET', 'a', '2'))).toBe('OK');
    expect(acknowledged).toBe('1');
    expect(primary!.replication.offset).toBe(2);
  });

  it('promotes without the tail, and what the old primary had alone is thrown away', async () => {
    const { redis, net, host, sim, outcome, advance } = redisWorld({
      replicas: 2,
      sentinels: 3,
      persistence: 'aof-everysec',
    });
    const client = redis.client(host);
    await outcome(client.call('SET', 'a', 'old'));
    await advance(5000);
    const [first, second, third] = redis.servers;
    // the primary and the backend keep each other; the rest is elsewhere
    const cut = net.partition(
      [first!.host, host],
      [second!.host, third!.host, ...redis.sentinels.map((sentinel) => sentinel.host)],
    );
    expect(await outcome(client.call('SET', 'a', 'lost'))).toBe('OK');
    await advance(15_000);
    expect(redis.primary).not.toBe(first);
    expect(first!.role).toBe('primary');
    expect(redis.inspect().get('a')).toBe('old');
    expect(await outcome(client.call('SET', 'a', 'lost too'))).toBe('OK');
    net.heal(cut);
    await advance(30_000);
    expect(first!.role).toBe('replica');
    expect(first!.data.keyspace.find('a')).toBe('old');
    expect(await outcome(client.call('SET', 'a', 'new'))).toBe('OK');
    await advance(100);
    expect(redis.servers.map((server) => server.data.keyspace.find('a'))).toEqual(['new', 'new', 'new']);
    expect(sim.nowUs).toBeGreaterThan(0);
  });

  it('sends a replica that was away only what it has missed', async () => {
    const { redis, net, host, sim, outcome, advance } = redisWorld({ replicas: 1 });
    const client = redis.client(host);
    await outcome(client.call('SET', 'a', '1'));
    const [primary, replica] = redis.servers;
    let fullSyncs = 0;
    const { record } = sim.trace;
    sim.trace.record = (...args) => {
      if (args[1] === 'redis.full-sync') fullSyncs++;
      record.apply(sim.trace, args);
    };
    const cut = net.partition([primary!.host], [replica!.host]);
    await outcome(client.call('SET', 'b', '1'));
    await advance(60_000);
    net.heal(cut);
    await advance(30_000);
    expect(replica!.data.keyspace.find('b')).toBe('1');
    expect(fullSyncs).toBe(0);
    replica!.host.restart(1000);
    await advance(5000);
    expect(replica!.data.keyspace.find('b')).toBe('1');
    expect(fullSyncs).toBe(1);
  });

  it('passes published messages on to subscribers of replicas', async () => {
    const { redis, host, outcome, advance } = redisWorld({ replicas: 1 });
    const heard: string[] = [];
    redis.servers[1]!.data.subscribers.set(
      'c',
      new Set([{ push: (message: readonly string[]) => heard.push(message[2]!) } as never]),
    );
    const client = redis.client(host);
    expect(await outcome(client.call('PUBLISH', 'c', 'm'))).toBe(0);
    await advance(10);
    expect(heard).toEqual(['m']);
  });

  it('refuses writes on replicas and hides keys whose time is over until the primary says so', async () => {
    const { redis, host, outcome, advance } = redisWorld({ replicas: 1 });
    const client = redis.client(host);
    await outcome(client.call('SET', 'lock', 'me', 'PX', 100));
    await advance(200);
    const replica = redis.servers[1]!.data;
    expect(replica.keyspace.find('lock')).toBeDefined();
    expect(replica.keyspace.peek('lock')).toBeUndefined();
    expect(await outcome(client.call('GET', 'lock'))).toBeNull();
    await advance(10);
    expect(replica.keyspace.find('lock')).toBeUndefined();
    expect(replica.readOnly).toBe(true);
  });
});

describe('restart', () => {
  it('comes back empty without persistence', async () => {
    const { redis, host, outcome, advance } = redisWorld();
    const client = redis.client(host);
    await outcome(client.call('SET', 'a', '1'));
    redis.primary.host.restart(100_000);
    await advance(1000);
    expect(await outcome(client.call('GET', 'a'))).toBeNull();
  });

  it('comes back without the last second with aof-everysec', async () => {
    const { redis, host, outcome, advance } = redisWorld({ persistence: 'aof-everysec' });
    const client = redis.client(host);
    await outcome(client.call('SET', 'kept', '1'));
    await outcome(client.call('SET', 'lease', '1', 'PX', 1500));
    await advance(2300);
    await outcome(client.call('SET', 'lost', '1'));
    redis.primary.host.crash();
    await advance(100);
    redis.primary.host.start();
    await advance(1000);
    expect(redis.inspect().keys()).toEqual(['kept']);
    await outcome(client.call('SET', 'again', '1'));
    await advance(1100);
    redis.primary.host.restart(0);
    await advance(1000);
    expect(redis.inspect().keys()).toEqual(['kept', 'again']);
  });
});
