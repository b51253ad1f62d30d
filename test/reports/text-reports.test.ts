import { describe, expect, test } from 'vitest';
import { formatClock, formatNumber, formatValue } from '../../reports/format.js';
import { renderHtml, renderJunit, renderMarkdown, renderPrometheus, renderTerminal } from '../../reports/index.js';
import { describeVerdict } from '../../reports/verdict.js';
import { emptyResult, fixtureResult } from './result-fixture.js';

const long = fixtureResult({
  replay: `deadair run redis-failover --seed 7 --set 'network.clientProfiles={wifi: 1, 3g: 2}'`,
  violations: [{ oracle: 'membership', kind: 'safety', atS: 3, message: 'word '.repeat(80), subjects: [], events: [] }],
});

describe('terminal', () => {
  test.each([
    ['full', fixtureResult()],
    ['empty', emptyResult()],
    ['long texts', long],
  ])('fits 80 columns (%s)', (_, result) => {
    const lines = renderTerminal(result, { color: false }).split('\n');
    // The replay command is to be copied: it is never broken.
    const tooLong = lines.filter((line) => line.length > 80 && !line.startsWith('Again: '));
    expect(tooLong).toEqual([]);
  });

  test('has no escape codes without colour, and the same text with', () => {
    const plain = renderTerminal(fixtureResult(), { color: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what escape codes are made of
    const escapes = /\u001b\[[0-9;]*m/g;
    expect(plain).not.toMatch(escapes);
    expect(renderTerminal(fixtureResult(), { color: true })).toMatch(escapes);
  });

  test('begins with the verdict and ends with the command that makes it again', () => {
    const lines = renderTerminal(fixtureResult(), { color: false }).trim().split('\n');
    expect(lines[0]).toBe('Safety violated  redis-failover, seed 7');
    expect(lines.at(-1)).toBe('Again: deadair run redis-failover --seed 7');
  });
});

describe('verdict in words', () => {
  const { expectations } = fixtureResult();
  test.each([
    ['safety', {}, 'Safety violated', 'bad'],
    ['missed', { verdict: 'slo-missed', violations: [] }, '2 expectations missed', 'bad'],
    [
      'warning',
      { verdict: 'pass', violations: [], expectations: expectations.filter((e) => e.pass || e.level === 'warn') },
      'Passed',
      'warn',
    ],
    ['pass', { verdict: 'pass', violations: [], expectations: expectations.filter((e) => e.pass) }, 'Passed', 'good'],
    ['nothing stated', { verdict: 'pass', violations: [], expectations: [] }, 'Nothing expected', 'warn'],
  ] as const)('%s', (_, changes, headline, tone) => {
    expect(describeVerdict(fixtureResult({ ...changes } as never))).toMatchObject({ headline, tone });
  });

  test('says what was judged', () => {
    expect(describeVerdict(fixtureResult()).detail).toContain(
      '3 oracles and 5 expectations over 330 simulated seconds',
    );
  });
});

describe('JUnit', () => {
  test('counts failures, and escapes what XML cannot hold', () => {
    const nasty = fixtureResult({
      violations: [
        { oracle: 'a<b>&"', kind: 'safety', atS: 1, message: 'bell \u0007 ]]> \n end', subjects: [], events: [] },
      ],
    });
    const xml = renderJunit(nasty);
    expect(xml).toContain('failures="3"');
    expect(xml).toContain('a&lt;b&gt;&amp;&quot;');
    expect(xml).not.toContain('\u0007');
    expect(xml.match(/<testcase /g)).toHaveLength(9);
  });
});

describe('Markdown', () => {
  test('has the verdict, the table and the command', () => {
    const text = renderMarkdown(fixtureResult());
    expect(text).toMatch(/^## ❌ deadair: redis-failover: Safety violated/);
    expect(text).toContain('| `p(95)<2000` | 3\u202f620\u00a0ms | ❌ missed |');
    expect(text).toContain('deadair run redis-failover --seed 7');
  });
});

test('a measured number of samples is shown without the unit of the metric', () => {
  const level = { metric: 'join_latency_ms', level: 'fail', pass: false } as const;
  const result = fixtureResult({
    expectations: [
      { ...level, expression: 'count>900', actual: 877, unit: '1' },
      { ...level, expression: 'p(95)<700', actual: 776 },
    ],
  });
  const cells = (text: string) =>
    text
      .replace(/<\/?[a-z][^>]*>|[│|`]/g, ' ')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replace(/\s+/g, ' ');
  for (const text of [renderTerminal(result, { color: false }), renderMarkdown(result), renderHtml(result)]) {
    expect(cells(text)).toMatch(/count>900 877 (?!ms)/);
    expect(cells(text)).toContain('p(95)<700 776 ms');
  }
});

describe('Prometheus', () => {
  test('every line is a comment or a sample', () => {
    for (const line of renderPrometheus(fixtureResult()).trim().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|[a-zA-Z_:][\w:]*\{[^}]*\} (-?[\d.e+-]+|NaN))$/);
    }
  });
});

test('numbers for people', () => {
  expect(formatNumber(1234567.8)).toBe('1\u202f234\u202f568');
  expect(formatNumber(0.1 + 0.2)).toBe('0.3');
  expect(formatNumber(-0.001)).toBe('0');
  expect(formatValue(0.00425, 'share')).toBe('0.425\u00a0%');
  expect(formatValue(12_345, 'ms')).toBe('12.3\u00a0s');
  expect(formatValue(null, 'ms')).toBe('no samples');
  expect(formatClock(59.9)).toBe('0:59');
  expect(formatClock(3661)).toBe('1:01:01');
});
