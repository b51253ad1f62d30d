import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Redis process of our own, on loopback. */
export interface RealRedis {
  readonly port: number;
  /** Ends it at once (SIGKILL); what it holds is lost. */
  kill(): Promise<void>;
}

/** True when the program can be started, e.g. `redis-server`. */
export function isInstalled(program: 'redis-server' | 'redis-sentinel'): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Why a test group that needs real programs is left out; empty when all are there. For the name of the group; the console says so too.
 */
export function missing(...programs: ('redis-server' | 'redis-sentinel')[]): string {
  const absent = programs.filter((program) => !isInstalled(program));
  if (absent.length === 0) return '';
  const reason = ` (LEFT OUT: ${absent.join(' and ')} not installed; apt-get install redis-server redis-sentinel)`;
  console.warn(`conformance against a real Redis${reason}`);
  return reason;
}

/** Starts `redis-server` without persistence. */
export async function startRedis(...extra: string[]): Promise<RealRedis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'deadair-redis-'));
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
    '--daemonize',
    'no',
  ];
  return started(spawn('redis-server', [...args, ...extra], { stdio: 'ignore' }), port, folder);
}

/** Starts a sentinel that watches the primary `voice` with the numbers of A12. */
export async function startSentinel(primaryPort: number): Promise<RealRedis> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'deadair-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  writeFileSync(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor voice 127.0.0.1 ${primaryPort} 2`,
      'sentinel down-after-milliseconds voice 5000',
      'sentinel failover-timeout voice 10000',
      'sentinel parallel-syncs voice 1',
      '',
    ].join('\n'),
  );
  return started(spawn('redis-sentinel', [file], { stdio: 'ignore' }), port, folder);
}

async function started(process: ChildProcess, port: number, folder: string): Promise<RealRedis> {
  const ended = new Promise<void>((resolve) => process.once('exit', () => resolve()));
  for (let attempt = 0; !(await answers(port)); attempt++) {
    if (attempt > 200 || process.exitCode !== null) throw new Error(`no Redis process answers on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    port,
    async kill() {
      process.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
