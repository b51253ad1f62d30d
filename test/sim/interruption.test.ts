import { expect, test } from 'vitest';
import { renderHtml, renderJunit, renderMarkdown, renderTerminal } from '../../reports/index.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';

const scenario = resolveScenario({
  name: 'interruption',
  durationS: 20,
  drainS: 10,
  population: { clients: 6, channels: 2, membersMin: 3, membersMax: 3, arrival: { kind: 'storm', atS: 1, overS: 1 } },
  expectations: { lost_joins: ['count==0'], join_latency_ms: ['p(95)<1'] },
});

test('a signal ends a run with what is there, and judges nothing that needs the end', async () => {
  const controller = new AbortController();
  const result = await simulate(scenario, {
    seed: 1,
    signal: controller.signal,
    traceSink: { write: ({ atUs }) => atUs >= 1_050_000 && controller.abort() },
  });
  expect(result.simulatedSeconds).toBeGreaterThan(1);
  expect(result.simulatedSeconds).toBeLessThan(1.5);
  expect(result).toMatchObject({ interrupted: true, expectations: [], violations: [], verdict: 'interrupted' });
  expect(result.metrics.converged_after_ms).toMatchObject({ value: null });
  expect(result.notes[0]).toBe(`interrupted at ${result.simulatedSeconds} s of 30 s`);
  for (const text of [renderTerminal(result, { color: false }), renderHtml(result), renderMarkdown(result)])
    expect(text).toContain('Interrupted');
  expect(renderJunit(result)).toContain('<skipped');
});

test('a signal that is there before the run leaves an empty result', async () => {
  const result = await simulate(scenario, { seed: 1, signal: AbortSignal.abort() });
  expect(result).toMatchObject({ interrupted: true, events: 0, simulatedSeconds: 0 });
});

test('a signal that never comes changes nothing', async () => {
  const plain = await simulate(scenario, { seed: 1 });
  const withSignal = await simulate(scenario, { seed: 1, signal: new AbortController().signal });
  expect(withSignal).not.toHaveProperty('interrupted');
  expect(withSignal.traceHash).toBe(plain.traceHash);
  expect(withSignal.expectations).toHaveLength(2);
});
