import { PPM } from '../../core/rollout/rollout-flag.js';
import { defaultRolloutPlan, type RolloutPlan } from '../../core/rollout/rollout-plan.js';
import type { Scenario } from '../scenario/index.js';

/** The plan that a scenario describes: its stages, with the gates of C5. */
export function rolloutPlan({ salt, startS, stages }: NonNullable<Scenario['rollout']>): RolloutPlan {
  return {
    ...defaultRolloutPlan,
    salt,
    startAfterMs: startS * 1_000,
    stages: stages.map(({ name, share, minS, minMigrations, successAbove, confidence }) => ({
      name,
      ppm: Math.round(share * PPM),
      minMs: minS * 1_000,
      minMigrations,
      successAbove,
      confidence,
    })),
  };
}
