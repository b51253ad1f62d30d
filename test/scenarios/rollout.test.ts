import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../reports/result-schema.js';
import type { ScenarioInput } from '../../sim/scenario/index.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { type SimulateOptions, simulate } from '../../sim/simulate.js';
import { flakyNodes, rolloutCalls } from '../support/rollout-calls.js';

const DURATION_S = 240;

/** Three stages in four minutes: 14 calls of one who stays and two who come and go. */
const world = (changes: Partial<ScenarioInput>): ScenarioInput => ({
  name: 'small-rollout',
  durationS: DURATION_S,
  drainS: 30,
  ...rolloutCalls(14, { stayS: 12, awayS: 8 }),
  rollout: {
    startS: 10,
    stages: [
      { name: 'alpha', share: 0.3, minS: 30, minMigrations: 8, successAbove: 0.7 },
      { name: 'beta', share: 0.6, minS: 30, minMigrations: 25 },
      { name: 'all', share: 1, minS: 30, minMigrations: 25 },
    ],
  },
  ...changes,
});

const run = (changes: Partial<ScenarioInput>, options: Partial<SimulateOptions> = {}): Promise<RunResult> =>
  simulate(resolveScenario(world(changes)), { seed: 3, ...options });

const flaky = (atS: number, sizes: Parameters<typeof flakyNodes>[2]) => flakyNodes(atS, DURATION_S - atS, sizes);

/** Stages in order; one that is repeated stands there once. */
const path = ({ rollout }: RunResult) =>
  rollout?.decisions
    .filter(({ status, reason }) => status !== 'running' || reason === '')
    .map(({ status, stage }) => (status === 'running' ? rollout.stages[stage]?.name : status));
const last = ({ rollout }: RunResult) => rollout?.decisions.at(-1);
const objections = ({ violations }: RunResult) => violations.map(({ oracle, message }) => `${oracle}: ${message}`);

describe('a rollout', { timeout: 60_000 }, () => {
  it('of a healthy service reaches everybody', async () => {
    const result = await run({});
    expect(objections(result)).toEqual([]);
    expect(path(result)).toEqual(['waiting', 'alpha', 'beta', 'all', 'complete']);
    expect(result.metrics).toMatchObject({
      rollout_stage: { value: 4 },
      rollout_share: { value: 1 },
      rollout_complete: { value: 1 },
      rollout_rollbacks: { value: 0 },
      rollout_stage_ms: { count: 3 },
    });
    for (const { figures } of result.rollout?.decisions.slice(2) ?? []) {
      expect(figures.migrations).toBeGreaterThanOrEqual(8);
      expect(figures.dropouts).toBeLessThan(0.005);
      expect(figures.latencyP95Ms).toBeLessThan(200);
    }
  });

  it('goes on with another backend when the one that decides dies, and after a failover of Redis', async () => {
    const faults: ScenarioInput['faults'] = [
      { kind: 'backend-crash', atS: 60, target: 'backend-1', forS: 20 },
      { kind: 'backend-crash', atS: 60, target: 'backend-2', forS: 20 },
      { kind: 'redis-crash', atS: 110, target: 'primary', forS: 30 },
    ];
    const result = await run({ faults });
    expect(objections(result)).toEqual([]);
    expect(path(result)?.slice(0, 3)).toEqual(['waiting', 'alpha', 'beta']);
    expect(last(result)?.atS).toBeGreaterThan(100);
  });

  it('is taken back in its first stage when nothing works, and everybody is peer to peer again', async () => {
    const result = await run({ faults: flaky(1, { startFailShare: 1 }) });
    expect(objections(result)).toEqual([]);
    expect(path(result)).toEqual(['waiting', 'alpha', 'rolled-back']);
    expect(last(result)).toMatchObject({ share: 0, reason: 'migration failures 100.00 %' });
    expect(last(result)?.figures.failed).toBeGreaterThanOrEqual(3);
    expect(last(result)?.figures.failed).toBeLessThan(8);
    expect(result.metrics.rollout_share).toMatchObject({ value: 0 });
  });

  it('is taken back for dropouts, though all migrations succeed', async () => {
    const result = await run({ faults: flaky(1, { dropsPerHour: 900 }) });
    expect(objections(result)).toEqual([]);
    expect(path(result)).toEqual(['waiting', 'alpha', 'rolled-back']);
    expect(last(result)?.reason).toMatch(/^dropouts/);
    expect(last(result)?.figures.dropouts).toBeGreaterThan(0.05);
    expect(result.metrics.rollout_return_ms).toMatchObject({ kind: 'gauge' });
    expect((result.metrics.rollout_return_ms as { value: number }).value).toBeLessThan(5_000);
  });

  it('is taken back in the stage in which it begins to fail', async () => {
    const result = await run({ faults: flaky(80, { startFailShare: 0.5 }) });
    expect(objections(result)).toEqual([]);
    expect(path(result)).toEqual(['waiting', 'alpha', 'beta', 'rolled-back']);
  });

  it('does not advance while its gate fails: one failure in sixteen passes alpha and gets no further than beta', async () => {
    // of fifty none may fail: by chance that happens in 4 % of runs
    const rollout: ScenarioInput['rollout'] = {
      startS: 10,
      stages: [
        { name: 'alpha', share: 0.3, minS: 30, minMigrations: 8, successAbove: 0.7 },
        { name: 'beta', share: 1, minS: 30, minMigrations: 50 },
        { name: 'all', share: 1, minS: 30, minMigrations: 50 },
      ],
    };
    const result = await run({ rollout, faults: flaky(1, { startFailShare: 0.06 }) }, { seed: 2 });
    expect(objections(result)).toEqual([]);
    expect(path(result)?.slice(0, 3)).toEqual(['waiting', 'alpha', 'beta']);
    // it waits there, or is taken back, as the failures fall
    expect(path(result)?.slice(3)).not.toContain('all');
    expect(result.metrics.migrations_completed).toMatchObject({ kind: 'counter' });
    expect(result.metrics.migrations_failed).not.toMatchObject({ value: 0 });
  });
});
