import type { RolloutResult } from '../../reports/rollout-schema.js';
import type { RolloutWatch } from './rollout-watch.js';

/** A rollout in the shape of the result file. */
export function rolloutResult(watch: RolloutWatch): RolloutResult {
  const { plan, decisions } = watch;
  const held = watch.held();
  return {
    ...(held === null ? {} : { held: { reason: held.reason, figures: { ...held.figures } } }),
    stages: plan.stages.map(({ name, ppm, minMs, minMigrations, successAbove, confidence }) => ({
      name,
      share: ppm / 1e6,
      minS: minMs / 1e3,
      minMigrations,
      successAbove,
      ...(confidence > 0 ? { confidence } : {}),
    })),
    decisions: decisions.map(({ atUs, status, stage, ppm, reason, figures }) => ({
      atS: atUs / 1e6,
      status: status as RolloutResult['decisions'][number]['status'],
      stage,
      share: ppm / 1e6,
      reason,
      figures,
    })),
  };
}
