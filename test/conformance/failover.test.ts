import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Host } from '../../sim/hosts/index.js';
import { Simulation } from '../../sim/kernel/index.js';
import { Network } from '../../sim/net/index.js';
import { SimulatedRedis } from '../../sim/redis/index.js';
import { missing, type RealRedis, startRedis, startSentinel } from '../support/real-redis.js';

/** Both must have a new primary that takes writes within this time after the end of the old one (down-after is 5 s). */
const FAILOVER_MS = { least: 4000, most: 30_000 };

describe('failover: simulated', () => {
  it('promotes a replica within 5 to 30 s, and clients find it', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const sim = new Simulation({ seed });
      const net = new Network(sim);
      const redis = new SimulatedRedis(sim, net, { replicas: 2, sentinels: 3 });
      const host = new Host(sim, { id: 'backend-1', kind: 'backend' });
      host.start();
      const client = redis.client(host);
      await sim.run({ untilUs: 10e6 });
      redis.primary.host.crash();
      let writtenMs = Number.NaN;
      const attempt = (): void => {
        client.call('SET', 'a', 'b').then(
          () => {
            writtenMs = sim.nowUs / 1000 - 10_000;
          },
          () => {
            host.after(100_000, attempt);
          },
        );
      };
      attempt();
      await sim.run({ untilUs: 60e6 });
      expect(writtenMs).toBeGreaterThan(FAILOVER_MS.least);
      expect(writtenMs).toBeLessThan(FAILOVER_MS.most);
      expect(redis.primary.id).not.toBe('redis-1');
      console.log(`simulated failover, seed ${seed}: ${Math.round(writtenMs)} ms`);
    }
  });
});

const without = missing('redis-server', 'redis-sentinel');

describe.skipIf(without !== '')(`failover: real redis-sentinel${without}`, () => {
  const processes: RealRedis[] = [];
  let primary: RealRedis;
  let client: Redis;

  beforeAll(async () => {
    primary = await startRedis();
    processes.push(primary);
    for (let i = 0; i < 2; i++)
      processes.push(
        await startRedis('--replicaof', '127.0.0.1', String(primary.port), '--repl-diskless-sync-delay', '0'),
      );
    const sentinels: RealRedis[] = [];
    for (let i = 0; i < 3; i++) sentinels.push(await startSentinel(primary.port));
    processes.push(...sentinels);
    client = new Redis({
      sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
      name: 'voice',
      commandTimeout: 1000,
      maxRetriesPerRequest: 0,
      connectTimeout: 1000,
    });
    client.on('error', () => {});
    await until(async () => {
      const known = (await knownTo(sentinels[0]!.port)).map(Number);
      return known[0] === 2 && known[1] === 2;
    }, 20_000);
  }, 40_000);

  afterAll(async () => {
    client?.disconnect();
    await Promise.all(processes.map((process) => process.kill()));
  });

  it('promotes a replica within 5 to 30 s, and clients find it', { timeout: 40_000 }, async () => {
    await client.call('SET', 'a', 'b');
    const killedMs = performance.now();
    await primary.kill();
    await until(
      () =>
        client.call('SET', 'a', 'c').then(
          () => true,
          () => false,
        ),
      FAILOVER_MS.most,
    );
    const tookMs = performance.now() - killedMs;
    console.log(`real failover: ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeGreaterThan(FAILOVER_MS.least);
    expect(tookMs).toBeLessThan(FAILOVER_MS.most);
  });
});

/** Numbers of replicas and of other sentinels that a sentinel knows. */
async function knownTo(port: number): Promise<string[]> {
  const sentinel = new Redis({ port, host: '127.0.0.1' });
  const flat = (await sentinel.call('SENTINEL', 'MASTER', 'voice')) as string[];
  sentinel.disconnect();
  return ['num-slaves', 'num-other-sentinels'].map((name) => flat[flat.indexOf(name) + 1]!);
}

async function until(done: () => Promise<boolean>, limitMs: number): Promise<void> {
  const startMs = performance.now();
  while (!(await done())) {
    if (performance.now() - startMs > limitMs) throw new Error(`not done within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
