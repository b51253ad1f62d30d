import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../sim/alerts/promql/duration.js';
import {
  AGGREGATORS,
  ARITHMETIC,
  COMPARISONS,
  type Expression,
  type Matcher,
  SET_OPERATORS,
  typeOf,
} from '../../../sim/alerts/promql/expression.js';
import { parsePromql } from '../../../sim/alerts/promql/parse-promql.js';
import { PromqlError } from '../../../sim/alerts/promql/promql-error.js';

describe('what lies outside of the subset is named, with its place', () => {
  it.each([
    ['rat(x[5m])', 1, 1, 'did you mean "rate"'],
    ['sum(x', 1, 6, '")" is missing'],
    ['rate(x)', 1, 6, 'takes a range vector'],
    ['sum(x[5m])', 1, 5, 'takes an instant vector'],
    ['x[5m]', 1, 1, 'put rate(...)'],
    ['x[5m:1m]', 1, 5, 'subqueries'],
    ['x offset 5m', 1, 3, 'offset'],
    ['x @ 5', 1, 3, '"@"'],
    ['x ^ 2', 1, 3, 'multiplication'],
    ['x / on(i) group_left y', 1, 11, 'group_left'],
    ['x = 1', 1, 3, 'write "=="'],
    ['x{a=b}', 1, 5, 'in quotes'],
    ['x{a~"b"}', 1, 4, '"~"'],
    ['x{a=~"("}', 1, 6, 'no regular expression'],
    ['{a=""}', 1, 1, 'needs a name'],
    ['1 > 2', 1, 3, 'bool'],
    ['x and 1', 1, 3, 'two vectors'],
    ['x\n  > > 1', 2, 5, 'an expression was expected'],
    ['x{a="b', 1, 5, 'close the quotes'],
    ['', 1, 1, 'the end'],
    ['histogram_quantile(0.9)', 1, 23, 'between the arguments'],
    ['absent(x, y)', 1, 9, 'one argument'],
    ['x[0m]', 1, 3, 'a duration such as 5m'],
    ['x[m]', 1, 3, 'a duration such as 5m'],
  ])('%s', (text, line, column, problem) => {
    let thrown: unknown;
    try {
      parsePromql(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PromqlError);
    const error = thrown as PromqlError;
    expect([error.line, error.column]).toEqual([line, column]);
    expect(error.problem).toContain(problem);
  });
});

describe('the parser', () => {
  it('reads everything that it says it reads, and gives the same tree again', () => {
    fc.assert(
      fc.property(vector(3), (expression) => {
        const text = print(expression);
        expect(parsePromql(text)).toEqual(expression);
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it('answers any text with a tree or with an error that has a place in it', () => {
    const words = ['sum', 'by', '(', ')', '{', '}', '[5m]', 'x', '"a"', '=~', '-', '>', 'bool', 'on', ',', '1', 'or'];
    const soup = fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ maxLength: 40 })), (text) => {
        try {
          expect(typeOf(parsePromql(text))).not.toBe('matrix');
        } catch (error) {
          if (!(error instanceof PromqlError)) throw error;
          const line = text.split('\n')[error.line - 1];
          expect(line).toBeDefined();
          expect(error.column).toBeGreaterThanOrEqual(1);
          expect(error.column).toBeLessThanOrEqual((line as string).length + 1);
        }
      }),
      { numRuns: 3_000, seed: 2 },
    );
  });

  it('refuses what is nested too deeply instead of running out of stack', () => {
    expect(() => parsePromql(`${'('.repeat(50_000)}1${')'.repeat(50_000)}`)).toThrow(PromqlError);
  });

  it('takes words in any case, comments and every kind of quotes', () => {
    expect(parsePromql("SUM BY (i) (x{a='\\'', b=`\\`}) # all")).toEqual(parsePromql('sum by(i)(x{a="\'",b="\\\\"})'));
    expect(parsePromql('max')).toMatchObject({ kind: 'selector', name: 'max' });
  });

  it('durations are read and written alike', () => {
    expect(parseDuration('1h30m')).toBe(5_400_000);
    expect(parseDuration('250ms')).toBe(250);
    expect(parseDuration('30m1h')).toBeNull();
    expect(parseDuration('')).toBeNull();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});

const name = fc.constantFrom('x', 'up', 'voice_rollbacks_total', 'a:b');
const label = fc.constantFrom('job', 'le', 'reason', 'by');
const labels = fc.uniqueArray(label, { maxLength: 3 });
const matcher: fc.Arbitrary<Matcher> = fc
  .record({
    label,
    operator: fc.constantFrom('=', '!=', '=~', '!~'),
    value: fc.constantFrom('', 'sfu', 'a"b', 'a.*'),
  })
  .map(({ operator, value, ...rest }) => ({
    ...rest,
    operator: operator as Matcher['operator'],
    value,
    pattern: operator.endsWith('~') ? new RegExp(`^(?:${value})$`, 's') : null,
  }));
const selector = (rangeMs: number | null): fc.Arbitrary<Expression> =>
  fc
    .record({ name, matchers: fc.array(matcher, { maxLength: 2 }) })
    .map((each) => ({ kind: 'selector', ...each, rangeMs }));
const number: fc.Arbitrary<Expression> = fc
  .constantFrom(0, 0.1, 5, 10_000, 1e21)
  .map((value) => ({ kind: 'scalar', value }));

function vector(depth: number): fc.Arbitrary<Expression> {
  if (depth === 0) return selector(null);
  const inner = vector(depth - 1);
  const range = fc.constantFrom(300_000, 90_000, 5_400_000).chain(selector);
  const matching = fc.record({ on: fc.boolean(), labels });
  const filtering = fc.constantFrom(...ARITHMETIC, ...COMPARISONS);
  const none = { on: false, labels: [] };
  return fc.oneof(
    inner,
    range.chain((of) =>
      fc
        .constantFrom('rate', 'increase')
        .map((each): Expression => ({ kind: 'call', name: each as 'rate', args: [of] })),
    ),
    fc.tuple(number, inner).map((args): Expression => ({ kind: 'call', name: 'histogram_quantile', args })),
    inner.map((of): Expression => ({ kind: 'call', name: 'absent', args: [of] })),
    inner.map((of): Expression => ({ kind: 'negation', of })),
    fc
      .record({ name: fc.constantFrom(...AGGREGATORS), by: fc.boolean(), labels, of: inner })
      .map((each): Expression => ({ kind: 'aggregate', ...each })),
    fc
      .record({
        operator: fc.constantFrom(...ARITHMETIC, ...COMPARISONS, ...SET_OPERATORS),
        matching,
        left: inner,
        right: inner,
      })
      .map((each): Expression => ({ kind: 'binary', bool: false, ...each })),
    fc
      .record({ operator: filtering, left: inner, right: number, turned: fc.boolean() })
      .map(({ operator, left, right, turned }): Expression => {
        const sides = turned ? { left: right, right: left } : { left, right };
        return { kind: 'binary', operator, bool: false, matching: none, ...sides };
      }),
  );
}

function print(expression: Expression): string {
  switch (expression.kind) {
    case 'scalar':
      return String(expression.value);
    case 'selector': {
      const matchers = expression.matchers.map((each) => `${each.label}${each.operator}${JSON.stringify(each.value)}`);
      const range = expression.rangeMs === null ? '' : `[${formatDuration(expression.rangeMs)}]`;
      return `${expression.name}{${matchers.join(', ')}}${range}`;
    }
    case 'negation':
      return `-(${print(expression.of)})`;
    case 'call':
      return `${expression.name}(${expression.args.map(print).join(', ')})`;
    case 'aggregate':
      return `${expression.name} ${expression.by ? 'by' : 'without'} (${expression.labels.join(',')}) (${print(expression.of)})`;
    case 'binary': {
      const { on, labels: names } = expression.matching;
      const vectors = typeOf(expression.left) === 'vector' && typeOf(expression.right) === 'vector';
      const matching = vectors ? ` ${on ? 'on' : 'ignoring'}(${names.join(',')})` : '';
      return `(${print(expression.left)}) ${expression.operator}${matching} (${print(expression.right)})`;
    }
  }
}
