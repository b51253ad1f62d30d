import { describe, expect, it } from 'vitest';
import { defaultRolloutPlan } from '../../../core/rollout/rollout-plan.js';
import { decodeSamples, figuresOf, latencyField, type RolloutFigures } from '../../../core/rollout/rollout-samples.js';
import { judgeStage } from '../../../core/rollout/stage-gate.js';
import { type Ends, missOfAttempt, testSuccess } from '../../../core/rollout/success-test.js';

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
  judgeStage(
    defaultRolloutPlan,
    { ...(stage as NonNullable<typeof beta>), confidence: 0 },
    { ...good, ...changes },
    heardMs,
    elapsedMs,
  );

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

describe('a stage that is to be sure', () => {
  const look = (toSfu: Ends, toMesh: Ends = { completed: 0, failed: 0 }, repeats = 0) => {
    const migrations = toSfu.completed + toSfu.failed;
    const figures = { ...good, migrations, failures: toSfu.failed / migrations, failed: toSfu.failed };
    const stage = beta as NonNullable<typeof beta>;
    return judgeStage(defaultRolloutPlan, stage, figures, 1e9, 1e9, { toSfu, toMesh, repeats });
  };

  it('lasts until the migrations tell: 240 without a failure, more with one, and more each time it begins anew', () => {
    expect(look({ completed: 239, failed: 0 }).do).toBe('hold');
    expect(look({ completed: 240, failed: 0 })).toEqual({ do: 'advance' });
    expect(look({ completed: 239, failed: 1 })).toEqual({
      do: 'hold',
      reason: 'samples: 240 migrations, 1 failed, do not tell yet whether 98.00 % succeed',
    });
    expect(look({ completed: 332, failed: 1 })).toEqual({ do: 'advance' });
    expect(look({ completed: 240, failed: 0 }, undefined, 1).do).toBe('hold');
  });

  it('begins anew when too many fail, on the way there or back', () => {
    expect(look({ completed: 97, failed: 3 }).do).toBe('hold');
    expect(look({ completed: 95, failed: 5 })).toEqual({ do: 'repeat', reason: 'migration success 95.00 %' });
    expect(look({ completed: 500, failed: 0 }, { completed: 95, failed: 5 }).do).toBe('repeat');
    expect(look({ completed: 500, failed: 0 }, { completed: 30, failed: 1 })).toEqual({ do: 'advance' });
  });

  /** Share of 2 000 rollouts whose stage ever advances, when so many migrations fail; it begins anew up to five times. */
  const advanced = (failing: number): number => {
    let state = 7;
    const fails = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 4_294_967_296 < failing;
    };
    const once = () => {
      for (let repeats = 0; repeats < 6; repeats++) {
        const ends = { completed: 0, failed: 0 };
        for (let verdict = 'undecided'; verdict === 'undecided'; ) {
          if (fails()) ends.failed++;
          else ends.completed++;
          verdict = testSuccess(ends, 0.02, missOfAttempt(0.05, repeats), 0.05);
          if (verdict === 'good') return true;
        }
      }
      return false;
    };
    return Array.from({ length: 2_000 }, once).filter(Boolean).length / 2_000;
  };

  it('lets at most 5 % pass that fail at the limit, hardly any above it, and does not keep a good one', () => {
    expect(advanced(0.02)).toBeLessThan(0.05);
    expect(advanced(0.03)).toBeLessThan(0.01);
    expect(advanced(0.005)).toBeGreaterThan(0.99);
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
