import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { TransitionCoverage, transitionsOf } from '../../../sim/coverage/index.js';

const known = [{ machine: 'lamp', transitions: [['off', 'PRESS'] as const, ['on', 'PRESS'] as const] }];

describe('transition coverage', () => {
  test('counts, and tells what is missing', () => {
    const coverage = new TransitionCoverage(known);
    coverage.note('lamp', 'off', 'PRESS');
    coverage.note('lamp', 'off', 'PRESS');
    expect(coverage.count('lamp', 'off', 'PRESS')).toBe(2);
    expect(coverage.missing()).toEqual([{ machine: 'lamp', state: 'on', event: 'PRESS', count: 0, known: true }]);
    expect(coverage.unexpected()).toEqual([]);
  });

  test('what nobody has announced is counted too, and told apart', () => {
    const coverage = new TransitionCoverage(known);
    coverage.note('lamp', 'on', 'FALL');
    expect(coverage.unexpected()).toEqual([{ machine: 'lamp', state: 'on', event: 'FALL', count: 1, known: false }]);
    expect(coverage.text()).toMatch(/^\? lamp {2}on {3}FALL {9}1$/m);
    expect(coverage.text()).toMatch(/^- lamp {2}off {2}PRESS/m);
  });

  test('tallies merge, also as the plain rows that a worker sends', () => {
    const all = new TransitionCoverage(known);
    for (let worker = 0; worker < 3; worker++) {
      const one = new TransitionCoverage(known);
      one.note('lamp', 'off', 'PRESS');
      if (worker === 1) one.note('lamp', 'on', 'FALL');
      all.merge(worker === 2 ? structuredClone(one.table()) : one);
    }
    expect(all.count('lamp', 'off', 'PRESS')).toBe(3);
    expect(all.count('lamp', 'on', 'FALL')).toBe(1);
    expect(all.missing()).toHaveLength(1);
  });

  test('a tally that knew nothing learns what was known elsewhere', () => {
    const blank = new TransitionCoverage();
    blank.note('lamp', 'on', 'PRESS');
    expect(blank.unexpected()).toHaveLength(1);
    blank.merge(new TransitionCoverage(known));
    expect(blank.unexpected()).toEqual([]);
    expect(blank.missing().map(({ state }) => state)).toEqual(['off']);
  });

  test('the transitions of a machine are read from its definition', () => {
    const machine = createMachine({
      initial: 'off',
      states: {
        off: { on: { PRESS: 'on' } },
        on: { on: { PRESS: 'off', BREAK: 'broken' } },
        broken: { type: 'final' },
      },
    });
    expect(transitionsOf(machine)).toEqual([
      ['off', 'PRESS'],
      ['on', 'PRESS'],
      ['on', 'BREAK'],
    ]);
  });
});
