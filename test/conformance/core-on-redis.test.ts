import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

/** A way to a port that can fall silent: what is open then stays open, and nothing passes any more. */
async function silencer(to: number) {
  const pairs: [Socket, Socket][] = [];
  const silent = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connectTo(to, '127.0.0.1');
    pairs.push([near, far]);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => silent.has(from) || into.write(bytes));
      from.on('close', () => silent.has(from) || into.destroy());
      from.on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return pairs.length;
    },
    silence: () => {
      for (const socket of pairs.flat()) silent.add(socket);
    },
    close: () => {
      server.close();
      for (const socket of pairs.flat()) socket.destroy();
    },
  };
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
    const connect = (to = port) => {
      const redis = new Redis({ host: '127.0.0.1', port: to, maxRetriesPerRequest: 0, commandTimeout: 1_000 });
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

    it('lets nobody into more rooms than it may be in, whatever is asked at once on two backends', async () => {
      const policy = { ...PolicyProfiles.calls, roomsPerUser: 5 };
      const [a, b] = ['a.2', 'b.2'].map((instance) =>
        service.addBackend({ redis: connect(), subscriber: connect(), policy, instance }),
      );
      const enter = (channel: number) =>
        (channel % 2 === 0 ? a! : b!).desk.change(channel, (context) =>
          a!.rules.admission.join(context, { userId: '30', sessionId: `s${channel}`, connection: '1:a.2#1' }),
        );
      const asked = await Promise.all([31, 32, 33, 34, 35, 36, 37, 38].map(enter));
      const outcomes = asked.map(({ result }) => result.outcome).sort();
      expect(outcomes).toEqual([...Array<string>(5).fill('joined'), ...Array<string>(3).fill('too-many-rooms')]);
      const redis = connect();
      const inside = await redis.smembers('user_rooms:30');
      expect(inside).toHaveLength(5);
      const left = Number(inside[0]);
      await a!.desk.change(left, (context) => a!.rules.admission.leave(context, '30', `s${left}`));
      expect((await enter(39)).result.outcome).toBe('joined');
      expect((await redis.smembers('user_rooms:30')).sort()).toEqual([...inside.slice(1), '39'].sort());
    });

    it('hears again after its subscriber connection has died in silence', async () => {
      const path = await silencer(port);
      const policy = { ...PolicyProfiles.calls, tickMs: 100 };
      const near = service.addBackend({ redis: connect(), subscriber: connect(), policy, instance: 'near.1' });
      const far = service.addBackend({ redis: connect(), subscriber: connect(path.port), policy, instance: 'far.1' });
      const client = service.addClient('20', far);
      const heard = vi.spyOn(client, 'onMessage');
      const said = (data: string) => heard.mock.calls.some(([message]) => 'data' in message && message.data === data);
      const say = (data: string) =>
        near.connections.sendToUser('20', { type: 'signal', channelId: 20, from: '21', data });
      await eventually(async () => {
        await say('before');
        return said('before');
      });
      path.silence();
      await say('into the void');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(said('into the void')).toBe(false);
      await eventually(async () => {
        await say('after');
        return said('after');
      });
      expect(path.connections).toBe(2);
      path.close();
    }, 20_000);
  },
);
