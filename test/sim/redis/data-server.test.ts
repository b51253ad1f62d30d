import { describe, expect, it } from 'vitest';
import { DeadairError } from '../../../sim/errors.js';
import { DataServer, Session, toClientValue } from '../../../sim/redis/index.js';

function server() {
  let nowMs = 1_000_000;
  const data = new DataServer({ nowMs: () => nowMs });
  const session = new Session(() => {});
  const run = (...args: string[]): unknown => {
    const reply = toClientValue(data.execute(session, args));
    return reply instanceof Error ? reply.message : reply;
  };
  return {
    data,
    run,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('footprints', () => {
  it('name the keys that a command has read and those it has written', () => {
    const { data, run } = server();
    data.traceFootprints = true;
    const keys = (...args: string[]) => {
      run(...args);
      return data.lastFootprint();
    };
    expect(keys('SET', 'a', '1')).toEqual({ reads: [], writes: ['a'] });
    expect(keys('SET', 'a', '2', 'NX')).toEqual({ reads: ['a'], writes: [] });
    expect(keys('GET', 'a')).toEqual({ reads: ['a'], writes: [] });
    expect(keys('INCR', 'a')).toEqual({ reads: ['a'], writes: ['a'] });
    expect(keys('SADD', 's', 'x')).toEqual({ reads: ['s'], writes: ['s'] });
    expect(keys('SADD', 's', 'x')).toEqual({ reads: ['s'], writes: [] });
    expect(keys('DEL', 's', 'none')).toEqual({ reads: ['s', 'none'], writes: ['s'] });
    expect(keys('HSET', 'h', 'f', '1')).toEqual({ reads: ['h'], writes: ['h'] });
    expect(keys('KEYS', '*')).toEqual({ reads: ['*'], writes: [] });
    expect(keys('FLUSHALL')).toEqual({ reads: [], writes: ['*'] });
    expect(keys('PING')).toEqual({ reads: [], writes: [] });
  });

  it('cover scripts and transactions as a whole', () => {
    const { data, run } = server();
    data.traceFootprints = true;
    run('EVAL', "redis.call('SET', KEYS[1], 1) return redis.call('GET', KEYS[2])", '2', 'a', 'b');
    expect(data.lastFootprint()).toEqual({ reads: ['b'], writes: ['a'] });
    run('MULTI');
    run('SET', 'x', '1');
    run('GET', 'y');
    run('EXEC');
    expect(data.lastFootprint()).toEqual({ reads: ['y'], writes: ['x'] });
  });

  it('count a lease that has run out as written by the one who notices', () => {
    const { data, run, advance } = server();
    run('SET', 'lock', 'a', 'PX', '100');
    advance(100);
    data.traceFootprints = true;
    expect(run('GET', 'lock')).toBeNull();
    expect(data.lastFootprint()).toEqual({ reads: ['lock'], writes: ['lock'] });
  });
});

describe('effects', () => {
  it('are what a replica must execute: only changes, with absolute times', () => {
    const { data, run, advance } = server();
    const effects: string[] = [];
    data.onEffect = (args) => effects.push(args.join(' '));
    run('SET', 'a', '1', 'PX', '500');
    run('SET', 'a', '2', 'NX');
    run('GET', 'a');
    run('EXPIRE', 'a', '1');
    run('SADD', 's', 'x');
    run('SADD', 's', 'x');
    run(
      'EVAL',
      "redis.call('INCR', 'n') redis.call('GET', 'n') redis.call('PUBLISH', 'c', 'm') return redis.call('DEL', 'none')",
      '0',
    );
    advance(2000);
    run('EXISTS', 'a');
    run('SET', 'b', 'x');
    run('EXPIRE', 'b', '-1');
    expect(effects).toEqual([
      'SET a 1 PXAT 1000500',
      'PEXPIREAT a 1001000',
      'SADD s x',
      'INCR n',
      'PUBLISH c m',
      'DEL a',
      'SET b x',
      'DEL b',
    ]);
  });
});

describe('isolation', () => {
  it('lets nothing of a script survive it', () => {
    const [one, other] = [server(), server()];
    const attempts = [
      'x = 1',
      'KEYS.x = 1',
      'string.x = 1',
      'rawset(_G, "x", 1)',
      'redis.call = nil',
      'math.floor = nil',
      'getmetatable("").__index = nil',
      'setmetatable(_G, {})',
    ];
    for (const source of attempts) one.run('EVAL', source, '1', 'k');
    for (const { run } of [one, other]) {
      expect(
        run(
          'EVAL',
          'return {KEYS.x == nil and "clean", string.x == nil and "clean", math.floor(1.5), #KEYS, ("x"):upper()}',
          '0',
        ),
      ).toEqual(['clean', 'clean', 1, 0, 'X']);
      expect(run('EVAL', 'return x', '0')).toContain('nonexistent global');
    }
  });

  it('keeps scripts and random numbers of servers apart, though compiled once', () => {
    const [one, other] = [server(), server()];
    const digest = one.run('SCRIPT', 'LOAD', 'return math.random(1000)') as string;
    expect(other.run('EVALSHA', digest, '0')).toContain('NOSCRIPT');
    const drawn = [one.run('EVALSHA', digest, '0'), one.run('EVALSHA', digest, '0')];
    other.run('SCRIPT', 'LOAD', 'return math.random(1000)');
    expect([other.run('EVALSHA', digest, '0'), other.run('EVALSHA', digest, '0')]).toEqual(drawn);
  });

  it('survives scripts that fail in the middle or overflow the stack', () => {
    const { run } = server();
    for (let i = 0; i < 50; i++) {
      expect(run('EVAL', "redis.call('INCR', 'n') error('x')", '0')).toContain('user_script:1: x');
      if (i % 10 === 0)
        expect(run('EVAL', 'local function f() return 1 + f() end return f()', '0')).toContain('overflow');
    }
    expect(run('GET', 'n')).toBe('50');
    expect(run('EVAL', 'return ARGV[1] + 1', '0', '1')).toBe(2);
  });
});

describe('what it does not have', () => {
  it('is refused by name, not answered differently', () => {
    const { run } = server();
    expect(() => run('XADD', 's', '*', 'a', 'b')).toThrow(DeadairError);
    expect(() => run('EVAL', "return redis.call('SPOP', 's')", '0')).toThrow(/no SPOP/);
    expect(run('EVAL', 'return 1', '0')).toBe(1);
  });
});
