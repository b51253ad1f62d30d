import { describe, expect, it } from 'vitest';
import { EvaluationError } from '../../../sim/alerts/promql/evaluate-promql.js';
import { histogramQuantile } from '../../../sim/alerts/promql/histogram-quantile.js';
import { evaluate, load, MINUTE, series, steps } from './series.js';

// Prometheus, promql/promqltest/testdata/functions.test
describe('rate and increase', () => {
  const store = load(5 * MINUTE, [
    [series('http_requests', { path: '/foo' }), steps(0, 10, 10)],
    [series('http_requests', { path: '/bar' }), [...steps(0, 10, 5), ...steps(0, 10, 5)]],
  ]);

  it('increase counts resets and stretches to the ends of a range that is open on the left', () => {
    const found = evaluate('increase(http_requests[50m])', store, 50 * MINUTE) as Record<string, number>;
    expect(found['path=/foo']).toBeCloseTo(100, 9);
    expect(found['path=/bar']).toBeCloseTo(88.888_888_888_9, 9);
  });

  it('rate is that a second', () => {
    const found = evaluate('rate(http_requests[50m])', store, 50 * MINUTE) as Record<string, number>;
    expect(found['path=/foo']).toBeCloseTo(100 / 3000, 12);
  });

  it('stretches by half a distance only when the end of the range is far away', () => {
    const short = load(MINUTE, [[series('c'), [10, 20, 30]]]);
    // samples at 0, 1 and 2 min in a range of 10 min that ends at 8 min: 30 s more at each end
    expect(evaluate('increase(c[10m])', short, 8 * MINUTE)).toEqual({ '': 20 * ((120 + 30 + 30) / 120) });
  });

  it('does not stretch below a counter of zero', () => {
    const fresh = load(MINUTE, [[series('c'), [undefined, undefined, 0, 60, 120]]]);
    expect(evaluate('increase(c[5m])', fresh, 4 * MINUTE)).toEqual({ '': 120 });
  });

  it('one sample has no rate', () => {
    expect(evaluate('rate(http_requests[4m])', store, 50 * MINUTE)).toEqual({});
  });
});

// Prometheus, promql/promqltest/testdata/histograms.test
describe('histogram_quantile', () => {
  const bucket = (le: string, step: number, start = 'positive') =>
    [series('h_bucket', { le, start }), steps(0, step, 10)] as const;
  const store = load(5 * MINUTE, [
    bucket('0.1', 5),
    bucket('.2', 7),
    bucket('1e0', 11),
    bucket('+Inf', 12),
    bucket('-.2', 1, 'negative'),
    bucket('-0.1', 2, 'negative'),
    bucket('0.3', 2, 'negative'),
    bucket('+Inf', 3, 'negative'),
  ]);
  const quantile = (share: number) => evaluate(`histogram_quantile(${share}, h_bucket)`, store, 50 * MINUTE);

  it.each([
    [0, 0, -0.2],
    [0.2, 0.048, -0.2],
    [0.5, 0.15, -0.15],
    [0.8, 0.72, 0.3],
    [1, 1, 0.3],
  ])('%f', (share, positive, negative) => {
    const found = quantile(share) as Record<string, number>;
    expect(found['start=positive']).toBeCloseTo(positive, 12);
    expect(found['start=negative']).toBeCloseTo(negative, 12);
  });

  it('outside of 0 to 1 it is infinite', () => {
    expect(quantile(1.01)).toEqual({ 'start=positive': Infinity, 'start=negative': Infinity });
    expect(quantile(-0.1)).toEqual({ 'start=positive': -Infinity, 'start=negative': -Infinity });
  });

  it('needs a bucket +Inf, another one, and observations', () => {
    expect(histogramQuantile(0.5, [{ upperBound: 1, count: 3 }])).toBeNaN();
    expect(histogramQuantile(0.5, [{ upperBound: Infinity, count: 3 }])).toBeNaN();
    expect(
      histogramQuantile(0.5, [
        { upperBound: 1, count: 0 },
        { upperBound: Infinity, count: 0 },
      ]),
    ).toBeNaN();
  });

  it('buckets that fall count as the one below', () => {
    const buckets = [
      { upperBound: 1, count: 10 },
      { upperBound: 2, count: 8 },
      { upperBound: Infinity, count: 10 },
    ];
    expect(histogramQuantile(1, buckets)).toBe(1);
  });
});

describe('instant vectors', () => {
  it('look back five minutes, open on the left', () => {
    const store = load(MINUTE, [[series('g'), [7]]]);
    expect(evaluate('g', store, 5 * MINUTE - 1)).toEqual({ '__name__=g': 7 });
    expect(evaluate('g', store, 5 * MINUTE)).toEqual({});
  });

  it('a series that has ended is gone at once, and may come back', () => {
    const store = load(MINUTE, [[series('g'), [7, null, undefined, 8]]]);
    expect(evaluate('g', store, MINUTE)).toEqual({});
    expect(evaluate('g', store, 2.5 * MINUTE)).toEqual({});
    expect(evaluate('g', store, 3 * MINUTE)).toEqual({ '__name__=g': 8 });
    expect(evaluate('increase(g[4m])', store, 3 * MINUTE)).not.toEqual({});
  });

  it('select by =, !=, =~ and !~; patterns hold for the whole value, and no label is the empty one', () => {
    const store = load(MINUTE, [
      [series('g', { job: 'api', zone: 'a' }), [1]],
      [series('g', { job: 'api-canary' }), [2]],
    ]);
    const values = (matchers: string) => Object.values(evaluate(`g{${matchers}}`, store, 0));
    expect(values('job="api"')).toEqual([1]);
    expect(values('job!="api"')).toEqual([2]);
    expect(values('job=~"api"')).toEqual([1]);
    expect(values('job=~"api.*"')).toEqual([1, 2]);
    expect(values('job!~"api-.*"')).toEqual([1]);
    expect(values('zone=""')).toEqual([2]);
    expect(Object.values(evaluate('{zone="a"}', store, 0))).toEqual([1]);
  });
});

// Prometheus, promql/promqltest/testdata/operators.test, and "Operators" in the manual
describe('operators', () => {
  const store = load(MINUTE, [
    [series('a', { i: '0', z: 'x' }), [100]],
    [series('a', { i: '1', z: 'x' }), [200]],
    [series('b', { i: '1', z: 'x' }), [50]],
    [series('b', { i: '2', z: 'x' }), [300]],
    [series('c', { i: '1' }), [10]],
    [series('nothing'), [0]],
  ]);
  const at = (text: string) => evaluate(text, store, 0);

  it('aggregate by and without labels', () => {
    expect(at('sum(a)')).toEqual({ '': 300 });
    expect(at('sum by (i) (a)')).toEqual({ 'i=0': 100, 'i=1': 200 });
    expect(at('sum(a) without (i)')).toEqual({ 'z=x': 300 });
    expect(at('avg(a)')).toEqual({ '': 150 });
    expect(at('min(a)')).toEqual({ '': 100 });
    expect(at('max(a)')).toEqual({ '': 200 });
    expect(at('count by (nowhere) (a)')).toEqual({ '': 2 });
    expect(at('sum(missing)')).toEqual({});
  });

  it('comparisons filter and keep the value and the name on the left', () => {
    expect(at('a > 150')).toEqual({ '__name__=a,i=1,z=x': 200 });
    expect(at('150 < a')).toEqual({ '__name__=a,i=1,z=x': 200 });
    expect(at('a > bool 150')).toEqual({ 'i=0,z=x': 0, 'i=1,z=x': 1 });
    expect(at('1 == bool 1')).toBe(1);
    expect(at('a > b')).toEqual({ '__name__=a,i=1,z=x': 200 });
  });

  it('match elements with the same labels, or by on and ignoring', () => {
    expect(at('a / b')).toEqual({ 'i=1,z=x': 4 });
    expect(at('a / on(i) c')).toEqual({ 'i=1': 20 });
    expect(at('a / ignoring(z) c')).toEqual({ 'i=1': 20 });
    expect(() => at('a / on(z) b')).toThrow(EvaluationError);
  });

  it('and, or, unless', () => {
    expect(at('a and b')).toEqual({ '__name__=a,i=1,z=x': 200 });
    expect(at('a unless b')).toEqual({ '__name__=a,i=0,z=x': 100 });
    expect(at('a or b')).toEqual({
      '__name__=a,i=0,z=x': 100,
      '__name__=a,i=1,z=x': 200,
      '__name__=b,i=2,z=x': 300,
    });
  });

  it('rank as arithmetic does, from left to right, with IEEE 754', () => {
    expect(at('1 + 2 * 3 - 4 / 2')).toBe(5);
    expect(at('10 - 4 - 3')).toBe(3);
    expect(at('-2 * -3')).toBe(6);
    expect(at('-7 % 4')).toBe(-3);
    expect(at('1 / 0')).toBe(Infinity);
    expect(at('nothing / nothing > 0.1')).toEqual({});
    expect(at('a > 100 or c > 5 and c > 50')).toEqual({ '__name__=a,i=1,z=x': 200 });
  });

  it('absent says what was looked for', () => {
    expect(at('absent(missing{job="api",zone=~"a.*",i!="3"})')).toEqual({ 'job=api': 1 });
    expect(at('absent(a)')).toEqual({});
    expect(at('absent(sum(missing))')).toEqual({ '': 1 });
  });
});
