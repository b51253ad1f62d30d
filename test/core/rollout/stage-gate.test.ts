import { describe, expect, it } from 'vitest';
import { defaultRolloutPlan } from '../../../core/rollout/rollout-plan.js';
import { decodeSamples, figuresOf, latencyField, type RolloutFigures } from '../../../core/rollout/rollout-samples.js';
import { judgeStage } from '../../../core/rollout/stage-gate.js';

const [alpha, beta] = defaultRolloutPlan.stages;
const good: RolloutFigures = {
  migrations: 1_000,
  failures: 0.01,
  failed: 10,
  dropouts: 0.001,
  score: 4.2,
  latencyP95Ms: 100,
  errors: 0.001,
};
const judge = (changes: Partial<RolloutFigures>, stage = beta, elapsedMs = 1e9, heardMs = 1e9) =>
  judgeStage(defaultRolloutPlan, stage as NonNullable<typeof beta>, { ...good, ...changes }, heardMs, elapsedMs);

describe('the gates of a stage (C5)', () => {
  it('hold for a healthy service, and for one that nobody has measured otherwise than by its migrations', () => {
    expect(judge({})).toEqual({ do: 'advance' });
    expect(judge({ dropouts: null, score: null, latencyP95Ms: null, errors: null })).toEqual({ do: 'advance' });
  });

  it.each([
    [{ failures: 0.02, failed: 20 }, 'migration success 98.00 %'],
    [{ dropouts: 0.005 }, 'dropouts 0.50 %'],
    [{ score: 4 }, 'MOS 4.00'],
    [{ latencyP95Ms: 500 }, 'p95 latency 500 ms'],
    [{ errors: 0.01 }, 'errors 1.00 %'],
  ])('%o does not pass', (changes, reason) => {
    expect(judge(changes)).toEqual({ do: 'repeat', reason });
  });

  it('ask less of alpha', () => {
    expect(judge({ failures: 0.04, failed: 40 }, alpha)).toEqual({ do: 'advance' });
    expect(judge({ failures: 0.05, failed: 50 }, alpha).do).toBe('repeat');
  });

  it('wait for time and for samples', () => {
    expect(judge({}, beta, (beta?.minMs ?? 0) - 1)).toEqual({ do: 'hold', reason: 'time' });
    expect(judge({ migrations: 99 })).toEqual({ do: 'hold', reason: 'samples: 99 of 100 migrations' });
    expect(judge({ migrations: 0, failures: null, failed: 0 }).do).toBe('hold');
  });
});

describe('the triggers of a rollback (C6)', () => {
  it('do not wait for the end of the stage', () => {
    expect(judge({ failures: 0.11, failed: 3, migrations: 27 }, beta, 0)).toEqual({
      do: 'roll-back',
      reason: 'migration failures 11.00 %',
    });
    expect(judge({ dropouts: 0.051 }, beta, 0)).toEqual({ do: 'roll-back', reason: 'dropouts 5.10 %' });
  });

  it('need more than one failure, and somebody who has listened', () => {
    expect(judge({ failures: 1, failed: 2, migrations: 2 }, beta, 0).do).toBe('hold');
    expect(judge({ dropouts: 1 }, beta, 0, 59_999).do).toBe('hold');
    expect(judge({ failures: 0.1, failed: 100 }).do).toBe('repeat');
  });
});

describe('the figures', () => {
  const figures = (fields: Record<string, number>) =>
    figuresOf(decodeSamples(new Map(Object.entries(fields).map(([name, value]) => [name, String(value)]))));

  it('are null where there are no samples', () => {
    expect(figures({})).toEqual({
      migrations: 0,
      failures: null,
      failed: 0,
      dropouts: null,
      score: null,
      latencyP95Ms: null,
      errors: null,
    });
  });

  it('take the direction in which more fails', () => {
    const found = figures({ 'sfu.completed': 90, 'sfu.failed': 10, 'p2p.completed': 30, 'p2p.failed': 10 });
    expect(found).toMatchObject({ migrations: 100, failures: 0.25, failed: 10 });
  });

  it('name the upper bound of the bucket of the 95th percentile', () => {
    expect(figures({ [latencyField(90)]: 95, [latencyField(400)]: 5 }).latencyP95Ms).toBe(100);
    expect(figures({ [latencyField(90)]: 94, [latencyField(400)]: 6 }).latencyP95Ms).toBe(500);
    expect(figures({ [latencyField(1e6)]: 1 }).latencyP95Ms).toBe(Infinity);
  });

  it('average scores and dropouts by what was listened to', () => {
    expect(figures({ heardMs: 4_000, missedMs: 100, scoreSum: 8_400, scores: 2 })).toMatchObject({
      dropouts: 0.025,
      score: 4.2,
    });
  });
});
