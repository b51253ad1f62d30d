import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PolicyProfiles } from '../../core/policy.js';
import { InProcessService } from '../support/in-process-service.js';

const present = spawnSync('redis-server', ['--version']).status === 0;

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function eventually(what: () => boolean | Promise<boolean>, limitMs = 8_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe.skipIf(!present)(
  `the core on a real redis-server${present ? '' : ' (left out: redis-server is not installed)'}`,
  () => {
    let server: ChildProcess;
    let port: number;
    let service: InProcessService;
    const connections: Redis[] = [];
    const connect = () => {
      const redis = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: 0, commandTimeout: 1_000 });
      redis.on('error', () => undefined);
      connections.push(redis);
      return redis;
    };

    beforeAll(async () => {
      port = await freePort();
      server = spawn(
        'redis-server',
        ['--port', String(port), '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'],
        { stdio: 'ignore' },
      );
      const probe = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 50, maxRetriesPerRequest: null });
      probe.on('error', () => undefined);
      await probe.ping();
      probe.disconnect();
      service = new InProcessService();
      const policy = { ...PolicyProfiles.calls, disableHoldMs: 300 };
      for (const instance of ['a.1', 'b.1'])
        service.addBackend({ redis: connect(), subscriber: connect(), policy, instance });
    });

    afterAll(() => {
      service?.stop();
      for (const redis of connections) redis.disconnect();
      server?.kill();
    });

    it('takes three people from a mesh to the SFU and two of them back, on two backends', async () => {
      const [a, b] = service.backends;
      const clients = [service.addClient('1', a!), service.addClient('2', b!), service.addClient('3', a!)];
      clients[0]!.join(7);
      clients[1]!.join(7);
      await eventually(() => clients[0]!.playedPath('2') === 'p2p' && clients[1]!.playedPath('1') === 'p2p');
      clients[2]!.join(7);
      await eventually(() => clients.every((client) => client.mode === 'sfu'));
      expect(clients[1]!.playedPath('3')).toBe('sfu');
      const redis = connect();
      expect((await redis.smembers('channel_participants:7')).sort()).toEqual(['1', '2', '3']);
      expect(await redis.hget('channel_state:7', 'count')).toBe('3');
      await eventually(async () => (await redis.exists('migration:7')) === 0);
      clients[2]!.leave();
      await eventually(
        () => clients[0]!.mode === 'p2p' && clients[1]!.mode === 'p2p' && clients[0]!.playedPath('2') === 'p2p',
      );
      clients[0]!.leave();
      clients[1]!.leave();
      await eventually(async () => (await redis.keys('*:7')).length === 0);
      await eventually(() => service.sfu.rooms.size === 0, 12_000);
      expect(
        service.measured
          .filter(({ name }) => name === 'voice_migrations_completed_total')
          .map(({ labels }) => labels?.to),
      ).toEqual(['sfu', 'p2p']);
    }, 30_000);
  },
);
