import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptEngine } from '../../../../sim/redis/lua/script-engine.js';
import { ErrorReply } from '../../../../sim/redis/reply.js';
import { dataSequences } from '../../../conformance/data-sequences.js';
import { serverSequences } from '../../../conformance/server-sequences.js';
import { coreScripts } from './core-scripts.js';
import { randomScript } from './random-script.js';
import { TwinServers } from './twin-servers.js';

const numRuns = Number(process.env.DEADAIR_RUNS ?? 400);

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
    expect((scriptEngine.takeovers - takeovers) / (2 * compiled)).toBeLessThan(0.8);
  });
});
void dataSequences;
void serverSequences;
void coreScripts;
