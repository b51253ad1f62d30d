import { expect, test } from 'vitest';
import { renderHtml, renderMarkdown, renderTerminal } from '../../reports/index.js';
import type { Metric } from '../../reports/result-schema.js';
import { fixtureResult } from './result-fixture.js';

const counter = (value: number): Metric => ({ kind: 'counter', unit: '1', value });
const rate = (value: number | null): Metric => ({ kind: 'rate', unit: 'share', value });
const none = { min: null, avg: null, med: null, p90: null, p95: null, p99: null, max: null };

function withCalls(offered: number, offline: number, answer: Partial<typeof none | Record<string, number>>) {
  const plain = fixtureResult();
  const count = offered === 0 ? 0 : 90;
  return fixtureResult({
    metrics: {
      ...plain.metrics,
      calls_offered: counter(offered),
      calls_accepted: counter(count),
      calls_accepted_offline: counter(offline),
      calls_missed: counter(6),
      calls_cancelled: counter(3),
      calls_failed: counter(1),
      calls_dropped: counter(2),
      call_success_rate: rate(0.9),
      call_connection_rate: rate(count === 0 ? null : 0.99),
      call_answer_ms: { kind: 'histogram', unit: 'ms', count, ...none, ...answer } as Metric,
    },
  });
}

const busy = withCalls(100, 4, { med: 4_200, p95: 12_500 });

test('the terminal tells success, connection and time to answer in two sentences', () => {
  const text = renderTerminal(busy, { color: false });
  expect(text).toContain('Calls: 100 calls offered, 90 % answered (4 without Redis), 99 % connected');
  expect(text.replaceAll('\n', ' ')).toContain('time to answer p50 4 200 ms, p95 12.5 s');
  expect(text).toContain('Of the others 6 missed, 3 given up, 1 failed; 2 dropped');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(renderMarkdown(busy)).toContain('Calls: 100 calls offered');
});

test('the page has them beside the verdict, and in a section of their own', () => {
  const page = renderHtml(busy);
  expect(page).toContain('<section id="calls"');
  expect(page).toMatch(/<dd>90\u00a0%<\/dd><dt>calls answered<\/dt>/);
  expect(page).toMatch(/<dd>12\.5\u00a0s<\/dd><dt>time to answer, p95<\/dt>/);
  expect(page).toMatch(/<td>connection success rate<\/td><td class="number">99\u00a0%<\/td>/);
});

test('nothing is said where nobody calls, and nothing is made up where nobody was answered', () => {
  for (const result of [fixtureResult(), withCalls(0, 0, {})]) {
    expect(renderTerminal(result, { color: false })).not.toContain('Calls:');
    expect(renderHtml(result)).not.toContain('<section id="calls"');
  }
  const missed = withCalls(10, 0, { count: 0 } as never);
  expect(renderTerminal(missed, { color: false }).replaceAll('\n', ' ')).toContain('p50 no samples');
});
