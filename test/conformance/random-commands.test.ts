import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedisCommand } from '../../core/ports.js';
import { missing } from '../support/real-redis.js';
import { answers, type RedisTarget, realTarget, simulatedTarget } from './redis-target.js';

// few keys and few values, so that types clash and collections empty; `n` never expires within a test
const key = fc.constantFrom('a', 'b', 'c', '');
const field = fc.constantFrom('f', 'g', '7', 'constructor');
const value = fc.constantFrom('x', 'y', '1', '-5', '007', '1.5', '', '9223372036854775807');
const integer = fc.constantFrom('0', '1', '-1', '2', '-3', '5', 'x', '1.5');
const score = fc.constantFrom('0', '1', '2.5', '-1', '0.1', '1e20', 'inf', '-inf', 'x');
const bound = fc.oneof(
  score,
  score.map((text) => `(${text}`),
);
const ttlMs = fc.constantFrom('100000', '-1', '0', 'x');
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 3 });
const maybe = (...words: string[]): fc.Arbitrary<string[]> => fc.option(fc.subarray(words), { nil: [] });

/** Words and generators, glued together; lists of words are spread. */
function command(...parts: (string | fc.Arbitrary<string> | fc.Arbitrary<string[]>)[]): fc.Arbitrary<RedisCommand> {
  const arbitraries = parts.map((part) =>
    typeof part === 'string' ? fc.constant(part) : (part as fc.Arbitrary<string | string[]>),
  );
  return fc.tuple(...arbitraries).map((words) => words.flat() as RedisCommand);
}

const anyCommand = fc.oneof(
  command('SET', key, value),
  command('SET', key, value, maybe('NX', 'XX', 'GET', 'KEEPTTL')),
  command('SET', key, value, maybe('NX', 'GET'), 'PX', ttlMs),
  command('GET', key),
  command('GETSET', key, value),
  command('GETDEL', key),
  command('SETNX', key, value),
  command('APPEND', key, value),
  command('STRLEN', key),
  command('MGET', some(key)),
  command('MSET', key, value, some(key), value),
  command('INCR', key),
  command('INCRBY', key, integer),
  command('DECRBY', key, integer),
  command('DEL', some(key)),
  command('EXISTS', some(key)),
  command('TYPE', key),
  command('PEXPIRE', key, ttlMs, maybe('NX', 'XX', 'GT', 'LT')),
  command('TTL', key),
  command('PERSIST', key),
  command('KEYS', '*'),
  command('SCAN', '0'),
  command('DBSIZE'),
  command('HSET', key, field, value),
  command('HSET', key, some(fc.oneof(field, value))),
  command('HGET', key, field),
  command('HMGET', key, some(field)),
  command('HGETALL', key),
  command('HDEL', key, some(field)),
  command('HLEN', key),
  command('HEXISTS', key, field),
  command('HINCRBY', key, field, integer),
  command('HSETNX', key, field, value),
  command('SADD', key, some(value)),
  command('SREM', key, some(value)),
  command('SMEMBERS', key),
  command('SCARD', key),
  command('SISMEMBER', key, value),
  command('SMISMEMBER', key, some(value)),
  command('SINTER', some(key)),
  command('SUNION', some(key)),
  command('SDIFF', some(key)),
  command('RPUSH', key, some(value)),
  command('LPUSH', key, some(value)),
  command('LPOP', key),
  command('LPOP', key, integer),
  command('RPOP', key, integer),
  command('LRANGE', key, integer, integer),
  command('LREM', key, integer, value),
  command('LLEN', key),
  command('LINDEX', key, integer),
  command('LTRIM', key, integer, integer),
  command('ZADD', key, score, value),
  command('ZADD', key, maybe('NX', 'XX', 'GT', 'LT', 'CH', 'INCR'), score, value),
  command('ZADD', key, maybe('GT', 'CH'), score, value, score, value),
  command('ZINCRBY', key, score, value),
  command('ZREM', key, some(value)),
  command('ZRANGE', key, integer, integer, maybe('WITHSCORES', 'REV')),
  command('ZRANGE', key, bound, bound, 'BYSCORE', maybe('WITHSCORES', 'REV')),
  command('ZRANGEBYSCORE', key, bound, bound, maybe('WITHSCORES')),
  command('ZRANGEBYSCORE', key, bound, bound, 'LIMIT', integer, integer),
  command('ZREVRANGEBYSCORE', key, bound, bound),
  command('ZCOUNT', key, bound, bound),
  command('ZSCORE', key, value),
  command('ZRANK', key, value),
  command('ZCARD', key),
  command('ZREMRANGEBYSCORE', key, bound, bound),
  command('ZREMRANGEBYRANK', key, integer, integer),
  command('ZPOPMIN', key),
  command('ZPOPMIN', key, integer),
  command('FLUSHALL'),
);

/** The same commands from inside scripts: every answer crosses into Lua and back. */
const anyScript = anyCommand.map(
  (words): RedisCommand => ['EVAL', 'local r = redis.pcall(unpack(ARGV)) return {type(r), r}', 0, ...words],
);
const steps = fc.array(fc.oneof({ weight: 4, arbitrary: anyCommand }, { weight: 1, arbitrary: anyScript }), {
  minLength: 1,
  maxLength: 40,
});

const without = missing('redis-server');

describe.skipIf(without !== '')(`random commands: simulated against real${without}`, () => {
  let simulated: RedisTarget;
  let real: RedisTarget;
  beforeAll(async () => {
    simulated = await simulatedTarget();
    real = await realTarget();
  });
  afterAll(() => real?.stop());

  it('answers are the same', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (commands) => {
        const all: RedisCommand[] = [['FLUSHALL'], ...commands];
        const expected = await answers(real, real.client, all);
        const actual = await answers(simulated, simulated.client, all);
        expect(actual).toEqual(expected);
      }),
      { numRuns: Number(process.env.DEADAIR_RUNS ?? 300) },
    );
  });

  it('answers are the same in transactions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCommand, { minLength: 1, maxLength: 10 }), async (commands) => {
        const all: RedisCommand[] = [['FLUSHALL'], ['MULTI'], ...commands, ['EXEC']];
        const sorted = commands.some(([name]) => /^(S|KEYS)/.test(name));
        const expected = await answers(real, real.client, all);
        const actual = await answers(simulated, simulated.client, all);
        expect(sorted ? unordered(actual) : actual).toEqual(sorted ? unordered(expected) : expected);
      }),
      { numRuns: Number(process.env.DEADAIR_RUNS ?? 100) },
    );
  });
});

/** Inside `EXEC` it is not known which array is a set. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(unordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return value instanceof Error
    ? value.message
    : value !== null && typeof value === 'object' && 'value' in value
      ? unordered(value.value)
      : value;
}
