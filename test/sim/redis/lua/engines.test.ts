import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptEngine } from '../../../../sim/redis/lua/script-engine.js';
import { ErrorReply } from '../../../../sim/redis/reply.js';
import { dataSequences } from '../../../conformance/data-sequences.js';
import { serverSequences } from '../../../conformance/server-sequences.js';
import { coreScripts } from './core-scripts.js';
import { randomScript } from './random-script.js';
import { TwinServers } from './twin-servers.js';

const scripts = await coreScripts();
const numRuns = Number(process.env.DEADAIR_RUNS ?? 200);

function compile(source: string) {
  const script = scriptEngine.compile(source);
  if (script instanceof ErrorReply) throw new Error(`${script.message}\n${source}`);
  return script;
}

const setup: readonly (readonly string[])[] = [
  ['SET', 'a', '5'],
  ['SET', 'b', 'text'],
  ['RPUSH', 'l', '1', 'two', '3.5'],
  ['HSET', 'h', 'f', '1', 'g', 'x', 'version', '7'],
  ['ZADD', 'z', '1', 'one', '2.5', 'two'],
  ['SADD', 'set', 'p', 'q'],
  ['HSET', 'channel_sessions:7', 'q', 's|12:b.2#c9|0|5'],
];

function twins(): TwinServers {
  const both = new TwinServers();
  for (const args of setup) both.execute(...args);
  return both;
}

const word = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('1', '5', '0', '-3', '2.5', 'x', 'text', '', 'GET', 'SET', 'a', 'h') },
  { weight: 1, arbitrary: fc.constantFrom('ž', '🎧', '1e400', ' 7 ', '0x1F') },
);

describe('compiled scripts do what the interpreter does', () => {
  it('with random programs', () => {
    let compiled = 0;
    let total = 0;
    const takeovers = scriptEngine.takeovers;
    fc.assert(
      fc.property(randomScript, fc.array(word, { maxLength: 6 }), (source, args) => {
        total++;
        if (compile(source).program === null) return;
        compiled++;
        const both = twins();
        for (let i = 0; i < 2; i++) {
          const outcome = both.execute('EVAL', source, '2', 'a', 'k', ...args);
          expect(outcome.compiled).toEqual(outcome.interpreted);
        }
      }),
      { numRuns },
    );
    // or the test would say nothing
    expect(compiled / total).toBeGreaterThan(0.5);
    expect((scriptEngine.takeovers - takeovers) / (2 * compiled)).toBeLessThan(0.65);
  });

  it('with the scripts of the core on all kinds of keys', () => {
    const commands = fc.array(
      fc.constantFrom<readonly string[]>(
        ['HSET', 'h', 'version', '8', 'mode', 'sfu'],
        ['SADD', 'set', 'me'],
        ['RPUSH', 'l', 'a|b|c|0'],
        ['ZADD', 'z', '17', 'one'],
        ['DEL', 'a', 'b'],
        ['INCR', 'b'],
        ['FOO'],
        ['GET'],
        [],
      ),
      { maxLength: 4 },
    );
    const packed = commands.map((list) => list.flatMap((words) => [String(words.length), ...words]));
    const commitArgs = fc
      .tuple(fc.constantFrom('5', 'wrong'), fc.constantFrom('7', '0', '1'), packed, fc.array(word, { maxLength: 1 }))
      .map(([token, version, words, rest]) => [token, version, ...words, ...rest]);
    // those that suit the scripts of the core, by position: a lock and a hash, or three sorted sets, a lock and a hash
    const key = fc.constantFrom('a', 'b', 'l', 'h', 'z', 'set', 'none');
    const keys = fc.oneof(
      {
        weight: 2,
        arbitrary: fc.constantFrom(['a', 'h'], ['a', 'set'], ['none', 'h'], ['z', 'a', 'z', 'h', 'z', 'none']),
      },
      { weight: 1, arbitrary: fc.array(key, { minLength: 6, maxLength: 6 }) },
    );
    const tickArgs = fc.tuple(fc.constantFrom('5', 'b1'), fc.constantFrom('3000'), fc.constantFrom('0', '2'), word);
    fc.assert(
      fc.property(
        fc.constantFrom(...scripts),
        keys,
        fc.oneof(commitArgs, tickArgs, fc.array(word, { maxLength: 6 })),
        ({ source }, names, args) => {
          const both = twins();
          const loaded = both.execute('SCRIPT', 'LOAD', source).compiled.reply as string;
          for (let i = 0; i < 2; i++) {
            const outcome = both.execute('EVALSHA', loaded, String(names.length), ...names, ...args);
            expect(outcome.compiled).toEqual(outcome.interpreted);
          }
        },
      ),
      { numRuns },
    );
  });

  /** Keys and arguments as the core gives them. */
  const usual: Readonly<Record<string, readonly [keys: readonly string[], args: readonly string[]]>> = {
    audit: [
      ['none', 'l'],
      ['{}', 'r1', '10', '1000'],
    ],
    census: [['z'], []],
    'rollout-decide': [
      ['none', 'l'],
      ['0', '1', 'running', '0', '1000', 'salt', '5', '', '{}'],
    ],
    'rollout-add': [['none'], ['started', '1', 'failed', '0']],
    'call-quality-add': [
      ['h', 'none'],
      ['2', 'f', '1', 'version', '2', '1', 'f', '3'],
    ],
    'token-stamp': [
      ['z', 'a'],
      ['id', '1000', '5'],
    ],
    'token-revoke': [['a'], ['1000']],
    'call-read': [
      ['z', 'call:1'],
      ['2', 'org', 'p', 'q'],
    ],
    'call-read-kept': [
      ['z', 'call:1'],
      ['2', 'org', 'p', 'q'],
    ],
    'call-hold': [
      ['call:1', 'h'],
      ['backend-1', '20000'],
    ],
    'call-commit': [
      ['z', 'h'],
      ['7', '5', '1', 'org', '2', 'INCR', 'a', '4', 'HSET', 'h', 'version', '8'],
    ],
    'call-drop-lease': [['h', 'z'], ['one']],
    'call-tick': [
      ['z', 'none'],
      ['1000', '500', '50', '1000', '0', 'p', 's', '3'],
    ],
    'call-route': [
      ['z', 'z', 'none'],
      ['org:1', '0', '9'],
    ],
    release: [['a'], ['5']],
    tick: [
      ['z', 'a', 'z', 'h', 'z', 'none'],
      ['5', '3000', '2', '1000', ''],
    ],
    'commit-counted': [
      ['a', 'h'],
      ['5', '7', '2', '1', '1', 'u', '2', 'INCR', 'n', '3', 'SADD', 'set', 'me'],
    ],
    commit: [
      ['a', 'h'],
      ['5', '7', '2', 'INCR', 'n', '3', 'SADD', 'set', 'me'],
    ],
    'forget-connection': [
      ['a', 'set'],
      ['5', 'p'],
    ],
    'send-to-user': [['none'], ['b.1', '{"x":1}', '7', 'q']],
    'push-join': [
      ['h', 'l', 'set'],
      ['5', 'me'],
    ],
    'write-unfenced': [
      ['a', 'h'],
      ['2', 'INCR', 'n'],
    ],
  };

  it.each(scripts.map((script) => [script.name, script] as const))(
    'with %s as the core uses it, without help',
    (name, { source }) => {
      const [keys, args] = usual[name]!;
      const both = twins();
      const takeovers = scriptEngine.takeovers;
      const outcome = both.execute('EVAL', source, String(keys.length), ...keys, ...args);
      expect(outcome.compiled).toEqual(outcome.interpreted);
      expect(outcome.compiled.reply).not.toBeInstanceOf(ErrorReply);
      expect(scriptEngine.takeovers).toBe(takeovers);
    },
  );

  it('with everything that is compared with a real server', () => {
    for (const steps of Object.values({ ...dataSequences, ...serverSequences })) {
      const both = twins();
      for (const step of steps) {
        if (!Array.isArray(step) || (step[0] !== 'EVAL' && step[0] !== 'EVALSHA')) continue;
        const outcome = both.execute(...step.map(String));
        expect(outcome.compiled).toEqual(outcome.interpreted);
      }
    }
  });
});

describe('the compiler', () => {
  it.each(scripts.map((script) => [script.name, script] as const))('compiles %s of the core', (_, script) => {
    const { program, obstacle } = compile(script.source);
    expect(`${script.file}: ${obstacle}`).toBe(`${script.file}: null`);
    expect(program).toBeTypeOf('function');
  });

  it('finds the scripts of the core', () => {
    expect(scripts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['release', 'tick', 'commit', 'forget-connection']),
    );
  });

  it.each([
    ['for k, v in pairs(KEYS) do return k end'],
    ['return pcall(redis.call, "GET", "a")'],
    ['local t = setmetatable({}, {}) return 1'],
    ['local function f(n) return f(n) end return 1'],
    ['local f = redis.call local g = {f} return 1'],
    ['return "\\200"'],
    ['return "ž"'],
    ['return 2 ^ 3'],
    ['return math.random()'],
    ['return (select("#", unpack(KEYS)))'],
    ['local n = 0 local function f() n = n + 1 return n end return n + f()'],
    ['return nothing'],
    ['something = 1'],
  ])('leaves %s to the interpreter', (source) => {
    expect(compile(source).program).toBeNull();
  });

  it.each([
    ['local t = {1, 2, 3} t[2] = nil return #t'],
    ['return string.sub(ARGV[1], 2, 3)'],
    ['local x = ARGV[9]\nreturn x.y'],
    ["redis.call('INCR', 'n')\nredis.call('LPOP', 'n')"],
    ["redis.call('INCR', 'n') if ARGV[1] < 5 then return 1 end"],
    ["redis.call('INCR', 'n') error('no')"],
    ["redis.call('INCR', 'n') local t = {} t[1.5] = 'x' t[3] = 'y' redis.call('INCR', 'n') return {#t, t[3]}"],
  ])('hands %s over in the middle, and nothing is done twice', (source) => {
    const takeovers = scriptEngine.takeovers;
    const both = twins();
    const { compiled, interpreted } = both.execute('EVAL', source, '0', 'žluť');
    expect(compiled).toEqual(interpreted);
    expect(scriptEngine.takeovers).toBe(takeovers + 1);
  });
});

it('says the same of a table in every run of a script', () => {
  const text = () => twins().execute('EVAL', 'return tostring({}) .. tostring(function() end)', '0').interpreted.reply;
  expect(text()).toMatch(/^table: 0x/);
  expect(text()).toEqual(text());
});

describe('texts with control characters', () => {
  // found by the random programs; a real server answers so
  it.each([
    ['return {"\\n" < "-2", "\\n" >= "-2", ARGV[1] < "-2"}', [1, null, 1]],
    ['local t = {} t["\\10\\49"] = "one" return {t["\\163\\1"] or "none", t[ARGV[1] .. "1"]}', ['none', 'one']],
  ])('are ordered and found by their bytes: %s', (source, reply) => {
    const { compiled, interpreted } = twins().execute('EVAL', source, '0', '\n');
    expect(interpreted.reply).toEqual(reply);
    expect(compiled).toEqual(interpreted);
  });
});

describe('what a script is given', () => {
  it('is its own: it may alter tables without anybody noticing', () => {
    const both = twins();
    const source = `local list = redis.call('LRANGE', 'l', 0, -1)
list[1] = 'changed' table.insert(list, 'new') table.remove(ARGV, 1) KEYS[1] = 'other' KEYS[2] = nil
return {list, redis.call('LRANGE', 'l', 0, -1), ARGV, KEYS, #KEYS}`;
    const { compiled, interpreted } = both.execute('EVAL', source, '2', 'k', 'j', 'x', 'y');
    expect(compiled).toEqual(interpreted);
    expect(compiled.reply).toEqual([['changed', 'two', '3.5', 'new'], ['1', 'two', '3.5'], ['y'], ['other'], 1]);
  });
});
