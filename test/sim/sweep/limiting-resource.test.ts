import { describe, expect, test } from 'vitest';
import type { RunFigures } from '../../../reports/index.js';
import { limitingResource } from '../../../sim/sweep/limiting-resource.js';

function run(metrics: Readonly<Record<string, number>>): RunFigures {
  return {
    seed: 1,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [name, { kind: 'gauge', unit: 'share', value }]),
    ),
    levels: [],
    violations: {},
  };
}

describe('the limiting resource', () => {
  test('is the one furthest above its limit, the others are told', () => {
    const { resource, why } = limitingResource([run({ sfu_cpu_max: 0.9, redis_use: 0.95, uplink_use: 0.99 })]);
    expect(resource).toBe('Redis');
    expect(why).toBe(
      'redis_use is at 95 % of what there is, limit 70 %; also over their limits: CPU of the SFU nodes 90 %.',
    );
  });

  test('of several runs the one that used most counts', () => {
    expect(limitingResource([run({ sfu_card_max: 0.3 }), run({ sfu_card_max: 0.85 })])).toMatchObject({
      resource: 'network card of the SFU nodes',
      resources: [{ metric: 'sfu_card_max', used: 0.85, limit: 0.8 }],
    });
  });

  test('nodes that are all full limit, one of several does not', () => {
    expect(limitingResource([run({ sfu_full_max: 1 })]).resource).toBe('places on the SFU nodes');
    expect(limitingResource([run({ sfu_full_max: 0.67 })]).resource).toBe('none that is measured');
  });

  test('when nothing is near its limit it says so, with the figures', () => {
    const { resource, why } = limitingResource([run({ redis_use: 0.1 })]);
    expect(resource).toBe('none that is measured');
    expect(why).toContain('Redis 10 %');
    expect(limitingResource([run({})]).why).toContain('nothing was measured');
  });

  test('people and networks are blamed only where the machines of the nodes were simulated', () => {
    const without = limitingResource([run({ redis_use: 0.1 })]).why;
    expect(without).toContain('are not simulated in this scenario: --set topology.sfuNode={} adds them');
    expect(without).not.toContain('people');
    const { why } = limitingResource([run({ redis_use: 0.1, sfu_cpu_max: 0.2 })]);
    expect(why).toContain('what the people and their networks do');
    expect(why).not.toContain('simulated');
    expect(limitingResource([run({ redis_use: 0.8 })]).why).toContain('are not simulated');
  });

  test('the wait for a lock is measured against what a join may take', () => {
    expect(limitingResource([run({ lock_wait_ms: 300 })])).toMatchObject({
      resource: 'lock of a channel',
      why: expect.stringContaining('lock_wait_ms is at 150 % of 200 ms'),
    });
  });
});
