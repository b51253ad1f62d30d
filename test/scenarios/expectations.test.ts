import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateExpectations, type Measured, parseExpectation } from '../../sim/scenario/index.js';

const histogram = (samples: readonly number[]): Measured => {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    kind: 'histogram',
    count: sorted.length,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    avg: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    quantile: (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number,
    weighted: () => sorted.map((value) => [value, 1] as const),
  };
};

const one = (metric: string, expression: string, measured: Measured | undefined) =>
  evaluateExpectations({ [metric]: [expression] }, { [metric]: measured })[0];

describe('grammar', () => {
  test.each([
    ['p(95)<200', { name: 'p', percent: 95 }, '<', 200],
    [' p( 99.9 ) <= 1e3 ', { name: 'p', percent: 99.9 }, '<=', 1000],
    ['med>-2.5', { name: 'med' }, '>', -2.5],
    ['count===0', { name: 'count' }, '==', 0],
    ['max!=3', { name: 'max' }, '!=', 3],
  ])('%s', (text, aggregation, operator, bound) => {
    expect(parseExpectation('join_latency_ms', 'histogram', text).comparisons).toEqual([
      { aggregation, operator, bound },
    ]);
  });

  test('comparisons are joined by &&', () => {
    expect(parseExpectation('m', 'histogram', 'p(95)<200 && max<1000').comparisons).toHaveLength(2);
  });

  test.each(['', 'p95<200', 'p(101)<1', 'p(95)', 'p(95)<', '<200', 'p(95)<2 00', 'mean<3', 'p(95)<200 &&', 'p(95)=<3'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseExpectation('m', 'histogram', text)).toThrow(/^expectations\.m: /);
    },
  );

  test('an aggregation must fit the kind of the metric', () => {
    expect(() => parseExpectation('m', 'counter', 'p(95)<1')).toThrow(
      'p does not exist for a counter; use count, value',
    );
    expect(() => parseExpectation('m', 'histogram', 'rate<1')).toThrow('rate does not exist for a histogram');
    expect(() => parseExpectation('m', 'rate', 'count<1')).toThrow('count does not exist for a rate');
  });

  test('property: whatever is written by the grammar is read back', () => {
    const aggregation = fc.oneof(
      fc.integer({ min: 0, max: 100 }).map((percent) => `p(${percent})`),
      fc.constantFrom('avg', 'min', 'max', 'med', 'count'),
    );
    const space = fc.constantFrom('', ' ', '  ');
    fc.assert(
      fc.property(
        aggregation,
        fc.constantFrom('<', '<=', '>', '>=', '==', '!='),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        space,
        (name, operator, bound, gap) => {
          const { comparisons } = parseExpectation('m', 'histogram', `${gap}${name}${gap}${operator}${gap}${bound}`);
          expect(comparisons[0]?.operator).toBe(operator);
          expect(comparisons[0]?.bound).toBe(Number(String(bound)));
        },
      ),
    );
  });

  test('property: random text never throws anything but its own error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseExpectation('m', 'histogram', text);
        } catch (error) {
          expect(error).toHaveProperty('code', 'expectation.syntax');
        }
      }),
    );
  });
});

describe('evaluation', () => {
  test('a metric without samples fails', () => {
    expect(one('join_latency_ms', 'p(95)<200', histogram([]))).toMatchObject({
      pass: false,
      actual: null,
      reason: 'no samples',
    });
    expect(one('join_latency_ms', 'p(95)<200', undefined)).toMatchObject({
      pass: false,
      actual: null,
      reason: 'no samples',
    });
    expect(one('error_rate', 'rate<1', { kind: 'rate', value: null, whole: 0 })).toMatchObject({
      pass: false,
      reason: 'no samples',
    });
    expect(one('error_rate', 'rate!=1', { kind: 'rate', value: Number.NaN, whole: 0 })).toMatchObject({
      pass: false,
      reason: 'no samples',
    });
  });

  test('but its count is 0', () => {
    expect(one('join_latency_ms', 'count==0', histogram([]))).toMatchObject({ pass: true, actual: 0 });
  });

  test('all comparisons must hold; the one that fails is shown', () => {
    expect(one('join_latency_ms', 'min>0 && max<5', histogram([1, 2, 9]))).toMatchObject({ pass: false, actual: 9 });
    expect(one('join_latency_ms', 'min>0 && max<10', histogram([1, 2, 9]))).toMatchObject({ pass: true, actual: 1 });
  });

  test('a number of samples has a unit of its own', () => {
    const unitOf = (expression: string) => one('join_latency_ms', expression, histogram([1, 2, 9]))?.unit;
    expect([unitOf('count>3'), unitOf('max<5 && count>3'), unitOf('count>0 && max<5')]).toEqual([
      '1',
      undefined,
      undefined,
    ]);
    expect(one('audible_gap_total_ms', 'count<1', { kind: 'counter', value: 5 })).not.toHaveProperty('unit');
  });

  test('a warning is marked as one', () => {
    const results = evaluateExpectations(
      { error_rate: ['rate<0.5', { expect: 'rate<0.1', level: 'warn' }] },
      { error_rate: { kind: 'rate', value: 0.2, whole: 10 } },
    );
    expect(results.map(({ level, pass }) => [level, pass])).toEqual([
      ['fail', true],
      ['warn', false],
    ]);
  });

  test('property: exactly one of <, ==, > holds, and <= is < or ==', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }),
        fc.integer({ min: -60, max: 60 }),
        (samples, bound) => {
          const holds = (operator: string) =>
            one('join_latency_ms', `med${operator}${bound}`, histogram(samples))?.pass === true;
          expect([holds('<'), holds('=='), holds('>')].filter(Boolean)).toHaveLength(1);
          expect(holds('<=')).toBe(holds('<') || holds('=='));
          expect(holds('!=')).toBe(!holds('=='));
        },
      ),
    );
  });
});
