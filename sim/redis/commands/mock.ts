import { createRequire } from 'node:module';
import { type Command, readCommand, writeCommand } from '../command.js';
import type { DataServer } from '../data-server.js';
import { OK, type Reply, WRONG_TYPE, wrongArity } from '../reply.js';
import type { Keyspace } from '../store/keyspace.js';
import type { RedisType, RedisValue } from '../store/value.js';
import { typeOf } from '../store/value.js';

/**
 * The commands whose behaviour comes from ioredis-mock: its functions, called synchronously on our live values instead of its copies.
 * Around them: the type check of the key (the mock has its own texts or none), removal of what has become empty, and the footprint.
 *
 * Every other command is ours, because the mock's (8.13.1) differs from Redis 7.0 in what it answers:
 * - hashes are plain objects (order of fields that look like integers, `constructor`), WRONGTYPE and arity are rarely checked;
 * - INCR and HINCRBY take any text for a number and do not overflow; SET has no GET with NX, KEEPTTL, nor validation of times;
 * - LREM, ZREM and ZREMRANGEBYSCORE leave empty collections; LRANGE is wrong for a start before the list; LPOP ignores count 0;
 * - sorted sets are unordered Maps, sorted at each query; scores are not validated; no GT and LT;
 * - expiry and TIME read `Date.now()` and `process.hrtime()`; RENAME of a missing key creates one.
 */
interface MockThis {
  readonly data: {
    get(key: string): RedisValue | undefined;
    has(key: string): boolean;
    set(key: string, value: RedisValue): void;
    delete(key: string): void;
  };
  readonly expires: { has(key: string): boolean; get(key: string): number | undefined; delete(key: string): void };
}

type Emulator = (this: MockThis, ...args: string[]) => Reply | undefined;

/** The mock's raw functions. It hands them to `Pipeline._createCommand`, before it wraps them in promises. */
function emulators(): Map<string, Emulator> {
  const found = new Map<string, Emulator>();
  const { Pipeline } = createRequire(import.meta.url)('ioredis-mock') as { Pipeline: new (redis: object) => object };
  class Capture extends Pipeline {
    _createCommand(name: string, emulator: Emulator): void {
      found.set(name, emulator);
    }
  }
  new Capture({ customCommands: {} });
  return found;
}

const known = emulators();

/** The mock's view of a keyspace. One for the process: it holds the keyspace only while a command runs. */
let keyspace: Keyspace;
let changedKeys: string[] = [];

const view: MockThis = {
  data: {
    get: (key) => keyspace.peek(key),
    has: (key) => keyspace.peek(key) !== undefined,
    set(key, value) {
      keyspace.store(key, value);
      if (!changedKeys.includes(key)) changedKeys.push(key);
    },
    delete(key) {
      keyspace.remove(key);
    },
  },
  expires: {
    has: (key) => keyspace.expiryMs(key) !== undefined,
    get: (key) => keyspace.expiryMs(key),
    delete: (key) => keyspace.persist(key),
  },
};

interface MockOptions {
  /** Type that the keys must have, when they exist. */
  readonly type?: RedisType;
  /** Which words are keys: the second only (default), all, or every other one. */
  readonly keys?: 'all' | 'pairs';
  /** Answer that tells that nothing was changed, although the mock stored the value again. */
  readonly unchanged?: number;
}

function mocked(name: string, arity: number, write: boolean, options: MockOptions): Command {
  const emulator = known.get(name.toLowerCase());
  if (emulator === undefined) throw new Error(`ioredis-mock has no ${name}`);
  const { type, unchanged } = options;
  const last = options.keys === undefined ? 1 : Number.POSITIVE_INFINITY;
  const step = options.keys === 'pairs' ? 2 : 1;
  const run = (server: DataServer, args: readonly string[]): Reply => {
    const store = server.keyspace;
    if (type !== undefined) {
      const end = Math.min(last, args.length - 1);
      for (let i = 1; i <= end; i += step) {
        const value = store.peek(args[i]!);
        if (value !== undefined && typeOf(value) !== type) throw WRONG_TYPE;
      }
    }
    keyspace = store;
    const reply =
      args.length === 2
        ? emulator.call(view, args[1]!)
        : args.length === 3
          ? emulator.call(view, args[1]!, args[2]!)
          : emulator.apply(view, args.slice(1));
    if (changedKeys.length !== 0) {
      const keys = changedKeys;
      changedKeys = [];
      if (reply !== unchanged) for (const key of keys) store.changed(key);
    }
    return reply ?? null;
  };
  return write ? writeCommand(name, arity, run) : readCommand(name, arity, run);
}

const mset = mocked('MSET', -3, true, { keys: 'pairs' });

/** Commands answered by ioredis-mock. */
export const mockCommands: readonly Command[] = [
  mocked('GET', 2, false, { type: 'string' }),
  mocked('STRLEN', 2, false, { type: 'string' }),
  mocked('APPEND', 3, true, { type: 'string' }),
  mocked('SETNX', 3, true, {}),
  mocked('GETSET', 3, true, { type: 'string' }),
  mocked('GETDEL', 2, true, { type: 'string' }),
  mocked('EXISTS', -2, false, {}),
  mocked('ECHO', 2, false, {}),
  {
    ...mset,
    run(server, args, session) {
      if (args.length % 2 === 0) throw wrongArity('mset');
      mset.run(server, args, session);
      return OK;
    },
  },
  mocked('SADD', -3, true, { type: 'set', unchanged: 0 }),
  mocked('SREM', -3, true, { type: 'set', unchanged: 0 }),
  mocked('SMEMBERS', 2, false, { type: 'set' }),
  mocked('SCARD', 2, false, { type: 'set' }),
  mocked('SISMEMBER', 3, false, { type: 'set' }),
  mocked('SMISMEMBER', -3, false, { type: 'set' }),
  mocked('SINTER', -2, false, { type: 'set', keys: 'all' }),
  mocked('SUNION', -2, false, { type: 'set', keys: 'all' }),
  mocked('SDIFF', -2, false, { type: 'set', keys: 'all' }),
  mocked('RPUSH', -3, true, { type: 'list' }),
  mocked('LPUSH', -3, true, { type: 'list' }),
  mocked('LLEN', 2, false, { type: 'list' }),
];
