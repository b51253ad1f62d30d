import { z } from 'zod';

/** How a rollout went. */
export const rolloutSchema = z.object({
  stages: z.array(
    z.object({
      name: z.string(),
      /** Share of the users, 0 to 1. */
      share: z.number(),
      minS: z.number(),
      minMigrations: z.int(),
      successAbove: z.number(),
      /** Absent: `minMigrations` are enough. */
      confidence: z.number().optional(),
    }),
  ),
  /** In order of time. */
  decisions: z.array(
    z.object({
      atS: z.number(),
      status: z.enum(['waiting', 'running', 'complete', 'rolled-back']),
      /** Index in `stages`. */
      stage: z.int(),
      /** Share of the users that have the service from then on. */
      share: z.number(),
      reason: z.string(),
      /** What it was based on: migrations, failures (share), dropouts (share), score, latencyP95Ms, errors (share); null: not measured. */
      figures: z.record(z.string(), z.number().nullable()),
    }),
  ),
  /** How the stage stood at the end, while the rollout is not over: why it has not gone on. */
  held: z.object({ reason: z.string(), figures: z.record(z.string(), z.number().nullable()) }).optional(),
});

export type RolloutResult = z.output<typeof rolloutSchema>;
