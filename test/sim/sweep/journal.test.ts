import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeadairError } from '../../../sim/errors.js';
import { journalHead, journalLine, readJournal } from '../../../sim/sweep/journal.js';

const identity = { scenario: 'mixed-load', '--seeds': '1..3' };
const entries = [1, 2, 3].map((seed) => ({ key: `k${seed}`, value: { seed, text: 'ünïcode\n' } }));
const whole = journalHead(identity) + entries.map(journalLine).join('');

describe('the journal', () => {
  test('gives back what was written', () => {
    expect(readJournal(whole, identity, 'j')).toEqual({ entries, wholeBytes: Buffer.byteLength(whole) });
  });

  test('torn off anywhere, it has the lines that are whole, and says where they end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (length) => {
        const text = whole.slice(0, length);
        const read = readJournal(text, identity, 'j');
        const lines = text.split('\n').length - 1;
        expect(read.entries).toEqual(entries.slice(0, Math.max(0, lines - 1)));
        expect(read.wholeBytes).toBe(Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
      }),
    );
  });

  test('of another sweep it is refused with the field named', () => {
    const refused = (other: Record<string, string>) => {
      try {
        readJournal(whole, other, 'sweep.json.journal');
      } catch (error) {
        expect((error as DeadairError).exitCode).toBe(6);
        return (error as Error).message;
      }
      return 'taken';
    };
    expect(refused({ ...identity, '--seeds': '1..5' })).toContain('--seeds is 1..3 there and 1..5 here');
    expect(refused({ ...identity, '--with': 'a=b' })).toContain('--with is not given there and a=b here');
    expect(refused({ scenario: 'mixed-load' })).toContain('--seeds is 1..3 there and not given here');
    expect(refused(identity)).toBe('taken');
  });

  test('a damaged line in the middle, or a foreign file, is an error and not a shorter journal', () => {
    const damaged = whole.replace('"key":"k2"', '"kex":"k2"');
    expect(() => readJournal(damaged, identity, 'j')).toThrow('line 3 is damaged');
    expect(() => readJournal('hello\n', identity, 'j')).toThrow(DeadairError);
    expect(() => readJournal('{"deadairJournal":99,"identity":{}}\n', identity, 'j')).toThrow('no journal of this');
  });
});
