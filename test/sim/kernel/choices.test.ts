import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChoiceSource, Choices, SeededSource } from '../../../sim/kernel/index.js';

const draws = (choices: Choices, label: string, count: number, n = 1000): number[] =>
  Array.from({ length: count }, () => choices.choose(label, n));

describe('Choices', () => {
  it('gives the same choices for the same seed and label, and others for others', () => {
    const expected = draws(new Choices(7), 'net/loss', 20);
    expect(draws(new Choices(7), 'net/loss', 20)).toEqual(expected);
    expect(draws(new Choices(8), 'net/loss', 20)).not.toEqual(expected);
    expect(draws(new Choices(7), 'net/lose', 20)).not.toEqual(expected);
    expect(draws(new Choices(7 + 0x100_0000_0000), 'net/loss', 20)).not.toEqual(expected);
    expect(draws(new Choices(-7), 'net/loss', 20)).not.toEqual(expected);
  });

  it('is not shifted by extra draws of another label', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.nat(2)), (seed, extra) => {
        const alone = draws(new Choices(seed), 'a', extra.length);
        const choices = new Choices(seed);
        const beside = extra.map((count) => {
          draws(choices, 'b', count);
          choices.stream('c').normal(0, 1);
          return choices.choose('a', 1000);
        });
        expect(beside).toEqual(alone);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it('consumes nothing where nothing is undecided', () => {
    const expected = draws(new Choices(7), 'a', 5);
    const choices = new Choices(7);
    const stream = choices.stream('a');
    const certain = expected.map(() => {
      stream.choose(1);
      stream.chance(0);
      stream.chance(1);
      stream.between(3, 3);
      return stream.choose(1000);
    });
    expect(certain).toEqual(expected);
  });

  it('keeps one stream a label', () => {
    const choices = new Choices(1);
    expect(choices.stream('a')).toBe(choices.stream('a'));
    expect(choices.stream('a')).not.toBe(choices.stream('b'));
  });

  it('is uniform (chi-square, 1 % level, fixed seed)', () => {
    const bins = 100;
    const count = 100_000;
    const counts = new Array<number>(bins).fill(0);
    for (const value of draws(new Choices(12345), 'uniformity', count, bins)) counts[value]!++;
    const expected = count / bins;
    const chiSquare = counts.reduce(
      (sum, observed) => sum + ((observed - expected) * (observed - expected)) / expected,
      0,
    );
    // Quantiles 0.5 % and 99.5 % with 99 degrees of freedom.
    expect(chiSquare).toBeGreaterThan(66.5);
    expect(chiSquare).toBeLessThan(139.0);
  });

  it('is uniform over the first draw of neighbouring seeds and labels', () => {
    const counts = new Array<number>(16).fill(0);
    for (let seed = 0; seed < 100; seed++) {
      for (let link = 0; link < 160; link++) counts[new Choices(seed).choose(`net/c${link}->b1`, 16)]!++;
    }
    const chiSquare = counts.reduce((sum, observed) => sum + ((observed - 1000) * (observed - 1000)) / 1000, 0);
    // Quantiles 0.5 % and 99.5 % with 15 degrees of freedom.
    expect(chiSquare).toBeGreaterThan(4.6);
    expect(chiSquare).toBeLessThan(32.8);
  });

  it('draws distributions with the right moments', () => {
    const stream = new Choices(99).stream('moments');
    const mean = (draw: () => number): number => {
      let sum = 0;
      for (let index = 0; index < 50_000; index++) sum += draw();
      return sum / 50_000;
    };
    expect(mean(() => stream.uniform())).toBeCloseTo(0.5, 2);
    expect(mean(() => stream.between(-2, 4))).toBeCloseTo(1, 1);
    expect(mean(() => stream.exponential(3))).toBeCloseTo(3, 1);
    expect(mean(() => stream.normal(10, 2))).toBeCloseTo(10, 1);
    expect(
      mean(() => {
        const deviation = stream.normal(10, 2) - 10;
        return deviation * deviation;
      }),
    ).toBeCloseTo(4, 1);
    expect(mean(() => (stream.chance(0.2) ? 1 : 0))).toBeCloseTo(0.2, 2);
  });

  it('is tame when every choice is 0', () => {
    const tame: ChoiceSource = { choose: () => 0 };
    const stream = new Choices(1, tame).stream('any');
    expect(stream.choose(5)).toBe(0);
    expect(stream.uniform()).toBe(0);
    expect(stream.between(20, 30)).toBe(20);
    expect(stream.exponential(5)).toBeCloseTo(0);
    expect(stream.normal(8, 2)).toBe(8);
    expect(stream.chance(0.999)).toBe(false);
  });

  it('tells the source label, ordinal and number of options', () => {
    const asked: unknown[] = [];
    const choices = new Choices(1, {
      choose: (...question) => {
        asked.push(question);
        return 0;
      },
    });
    choices.choose('a', 3);
    choices.choose('a', 1);
    choices.choose('b', 4);
    choices.choose('a', 5);
    expect(asked).toEqual([
      ['a', 0, 3],
      ['b', 0, 4],
      ['a', 1, 5],
    ]);
  });

  it('falls the same with a seeded source as with none', () => {
    const choices = new Choices(31, new SeededSource(31));
    expect(draws(choices, 'a', 20)).toEqual(draws(new Choices(31), 'a', 20));
  });

  it('refuses nonsense with a typed error', () => {
    const choices = new Choices(1);
    for (const n of [0, -1, 1.5, Number.NaN, 0x2_0000_0000]) {
      expect(() => choices.choose('a', n)).toThrow(expect.objectContaining({ code: 'kernel.choice' }));
    }
    expect(() => new Choices(0.5)).toThrow(expect.objectContaining({ code: 'kernel.seed' }));
    expect(() => new Choices(1, { choose: () => 3 }).choose('a', 3)).toThrow(/the options are 0 to 2/);
  });

  it('has not changed its values (pinned: all recorded seeds depend on them)', () => {
    const stream = new Choices(2024).stream('golden');
    expect(Array.from({ length: 6 }, () => stream.choose(1_000_000))).toEqual([
      672972, 594867, 724211, 936000, 130535, 715062,
    ]);
    expect([stream.uniform(), stream.exponential(100), stream.normal(0, 1)]).toEqual([
      0.43924616277217865, 15.885058985649803, -0.34752806431933664,
    ]);
    expect(draws(new Choices(-1), '', 3)).toEqual([927, 341, 844]);
  });
});
