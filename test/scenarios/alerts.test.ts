import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../reports/result-schema.js';
import { builtInScenarios } from '../../scenarios/index.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';

const run = (name: string, overrides: readonly string[]): Promise<RunResult> => {
  const scenario = builtInScenarios.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return simulate(resolveScenario(scenario, { overrides: ['alerts.rules=builtin', ...overrides] }), { seed: 7 });
};

const fired = (result: RunResult) =>
  (result.alerts?.timeline ?? [])
    .filter(({ firingAtS }) => firingAtS !== null)
    .map(({ alert, labels }) => `${alert} ${labels.instance ?? ''}`);

describe('alerts fire where something is wrong', () => {
  it('a media server is down for two minutes', { timeout: 60_000 }, async () => {
    const result = await run('sfu-crash', ['population.clients=40', 'population.channels=4']);
    expect(fired(result)).toEqual(['VoiceSfuDown sfu-1']);
    const alert = result.alerts?.timeline[0];
    expect(alert?.pendingAtS).toBeGreaterThan(150);
    expect((alert?.firingAtS as number) - (alert?.pendingAtS as number)).toBe(60);
    expect(alert?.resolvedAtS).toBeGreaterThan(270);
    expect(result.metrics.alerts_fired).toMatchObject({ value: 1 });
    expect(result.metrics.critical_alerts_fired).toMatchObject({ value: 1 });
  });

  it('a Redis server is down for two minutes, and later all of them', { timeout: 60_000 }, async () => {
    const one = await run('redis-failover', ['faults.0.forS=120', 'population.clients=40', 'population.channels=4']);
    expect(fired(one)).toEqual(['VoiceRedisDown redis-1']);
    const all = await run('redis-failover', [
      'faults.0.forS=150',
      'topology.redis.sentinels=0',
      'population.clients=20',
      'population.channels=2',
    ]);
    const backends = [1, 2, 3].map((i) => `VoiceStoreUnreachable backend-${i}`);
    expect(fired(all).sort()).toEqual(['VoiceRedisDown redis-1', ...backends]);
  });

  it('a backend is cut off from the monitoring as from all others', { timeout: 60_000 }, async () => {
    const result = await run('backend-cut-off', [
      'faults.0.forS=120',
      'faults.0.target=backend-2',
      'population.clients=24',
      'population.channels=3',
      'population.membersMin=8',
      'population.membersMax=8',
    ]);
    expect(fired(result)).toContain('VoiceBackendDown backend-2');
  });

  it('migrations fail: no media server lets anybody in', { timeout: 60_000 }, async () => {
    const result = await run('hybrid-ramp', [
      'durationS=1200',
      'drainS=120',
      'population.arrival.overS=100',
      'population.clients=40',
      'population.channels=5',
      'population.membersMin=8',
      'population.membersMax=8',
      'faults.0.kind=sfu-refuse',
      'faults.0.atS=1',
      'faults.0.target=sfu-*',
      'faults.0.forS=1150',
    ]);
    expect(fired(result)).toContain('VoiceMigrationFailures ');
  });
});

describe('alerts are silent where all is well', () => {
  it.each([
    ['hybrid-ramp', ['population.arrival.overS=200', 'durationS=400']],
    ['mixed-load', ['population.clients=100', 'durationS=500']],
  ])('%s', { timeout: 60_000 }, async (name, overrides) => {
    const result = await run(name, overrides);
    expect(fired(result)).toEqual([]);
    expect(result.alerts?.scrapes).toBeGreaterThan(20);
    expect(result.alerts?.rules.filter(({ error }) => error !== undefined)).toEqual([]);
    // nothing tells of CPU where media servers have no machine under them, and the rule says so
    const blind = result.alerts?.rules.filter((rule) => rule.blind !== undefined);
    expect(blind).toMatchObject([{ alert: 'VoiceSfuCpuHigh', blind: expect.stringContaining('topology.sfuNode={}') }]);
  });

  it('a world without a monitoring has no alerts and no trace of them', async () => {
    const bare = builtInScenarios.find((each) => each.name === 'calls-third-person');
    const result = await simulate(resolveScenario(bare ?? {}, { overrides: ['durationS=30'] }), { seed: 7 });
    expect(result.alerts).toBeUndefined();
    expect(result.metrics.alerts_fired).toBeUndefined();
  });
});
