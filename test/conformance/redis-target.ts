import { Redis } from 'ioredis';
import type { RedisArgument, RedisClient, RedisCommand, RedisSubscriber } from '../../core/ports.js';
import { Host } from '../../sim/hosts/index.js';
import { Simulation } from '../../sim/kernel/index.js';
import { Network } from '../../sim/net/index.js';
import { SimulatedRedis } from '../../sim/redis/index.js';
import { type RealRedis, startRedis } from '../support/real-redis.js';

/** An answer that can be compared: errors by their text. */
export type Answer = { readonly value: unknown } | { readonly error: string };

/** A Redis, real or simulated, as the core sees it. */
export interface RedisTarget {
  readonly client: RedisClient;
  readonly other: RedisClient;
  readonly subscriber: RedisSubscriber;
  /** Waits until an action has come to its end. */
  settle<T>(action: Promise<T>): Promise<T>;
  /** Lets time pass. */
  advance(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export async function simulatedTarget(): Promise<RedisTarget> {
  const sim = new Simulation({ seed: 1 });
  const net = new Network(sim);
  const redis = new SimulatedRedis(sim, net);
  const host = new Host(sim, { id: 'backend-1', kind: 'backend' });
  host.start();
  const advance = async (ms: number): Promise<void> => {
    const untilUs = sim.nowUs + ms * 1000;
    // a world without events ends where it is
    sim.at(untilUs, () => {});
    await sim.run({ untilUs });
  };
  return {
    client: redis.client(host),
    other: redis.client(host),
    subscriber: redis.subscriber(host),
    async settle(action) {
      let pending = true;
      const done = (): void => {
        pending = false;
      };
      action.then(done, done);
      for (let i = 0; pending && i < 2000; i++) await advance(1);
      return action;
    },
    advance,
    stop: async () => {},
  };
}

export async function realTarget(): Promise<RedisTarget> {
  const server: RealRedis = await startRedis();
  const connect = (): Redis => new Redis(server.port, '127.0.0.1');
  const [client, other, subscriber] = [connect(), connect(), connect()];
  return {
    client: client as unknown as RedisClient,
    other: other as unknown as RedisClient,
    subscriber: subscriber as unknown as RedisSubscriber,
    settle: (action) => action,
    advance: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    async stop() {
      for (const connection of [client, other, subscriber]) connection.disconnect();
      await server.kill();
    },
  };
}

/** Executes one command. */
export function answer(target: RedisTarget, client: RedisClient, [name, ...args]: RedisCommand): Promise<Answer> {
  return target.settle(
    client.call(name, ...args).then(
      (value): Answer => ({ value: comparable(name, args, value) }),
      (error: Error): Answer => ({ error: error.message }),
    ),
  );
}

/** Executes a pipeline. In `ioredis` the items of a pipeline name methods; `call` gives RESP2 answers as they are. */
export async function answers(target: RedisTarget, client: RedisClient, commands: RedisCommand[]): Promise<Answer[]> {
  const results = await target.settle(
    client.pipeline(commands.map((command): RedisCommand => ['call', ...command])).exec(),
  );
  return (results ?? []).map(([error, value], i): Answer => {
    const [name, ...args] = commands[i]!;
    return error === null ? { value: comparable(name, args, value) } : { error: error.message };
  });
}

const UNORDERED = new Set(['SMEMBERS', 'SINTER', 'SUNION', 'SDIFF', 'KEYS', 'SCAN']);

/** Redis does not say in which order sets and keys come. */
function comparable(name: string, args: readonly RedisArgument[], value: unknown): unknown {
  const sorted = [name, ...args].some((word) => UNORDERED.has(String(word).toUpperCase()));
  return plain(value, sorted);
}

function plain(value: unknown, sorted: boolean): unknown {
  if (value instanceof Error) return { error: value.message };
  if (!Array.isArray(value)) return value;
  const items = value.map((item) => plain(item, sorted));
  return sorted ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
}
