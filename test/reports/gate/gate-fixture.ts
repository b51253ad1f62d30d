import type { GateResult, GateRun } from '../../../reports/gate/index.js';
import { gateResult } from '../../../sim/gate/index.js';

/** A run that met everything. `figures`: the value of its two levels. */
export function fixtureRun(scenario: string, seed: number, figures: readonly [latency: number, lost: number]): GateRun {
  const [latency, lost] = figures;
  return {
    scenario,
    seed,
    verdict: 'pass',
    traceHash: '0123456789abcdef',
    simulatedSeconds: 60,
    events: 1_000,
    metrics: {
      join_latency_ms: {
        kind: 'histogram',
        unit: 'ms',
        count: 100,
        min: 1,
        avg: latency / 2,
        med: latency / 2,
        p90: latency,
        p95: latency,
        p99: latency,
        max: latency,
      },
      lost_joins: { kind: 'counter', unit: '1', value: lost },
    },
    expectations: [
      { metric: 'join_latency_ms', expression: 'p(95)<200', level: 'fail', over: 'worst', values: [latency] },
      { metric: 'lost_joins', expression: 'count==0', level: 'fail', over: 'worst', values: [lost] },
    ],
    violations: [],
  };
}

/** The suite of some runs, all of whose scenarios have the same seeds. */
export function fixtureSuite(names: readonly string[], seeds: readonly number[]): GateResult['suite'] {
  return {
    name: 'fixture',
    description: 'Nothing real.',
    hash: 'aaaa',
    scenarios: names.map((name) => ({
      name,
      description: `What ${name} does.`,
      reference: name,
      overrides: [],
      hash: `hash of ${name}`,
      levels: 'bbbb',
      seeds: [...seeds],
    })),
  };
}

/** A gate of these runs. */
export function fixtureGate(runs: readonly GateRun[], shard?: { index: number; of: number }): GateResult {
  const names = [...new Set(runs.map(({ scenario }) => scenario))];
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  return gateResult({ deadairVersion: '0.1.0', suite: fixtureSuite(names, seeds), runs, shard });
}
