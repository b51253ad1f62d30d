import { z } from 'zod';
import { defaultRolloutPlan } from '../../../core/rollout/rollout-plan.js';

const share = (description: string) => z.number().min(0).max(1).describe(description);

const stageSchema = z.strictObject({
  name: z.string().min(1).describe('Name of the stage.'),
  share: share('Share of the users that have the hybrid service. 0 to 1.'),
  minS: z.number().min(1).max(2_592_000).default(300).describe('It lasts at least this long. Unit: s. Default: 300.'),
  minMigrations: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(50)
    .describe('It does not advance on fewer migrations to the SFU. Default: 50.'),
  successAbove: share('It advances when more than this share of migrations succeeds. 0 to 1. Default: 0.98.').default(
    0.98,
  ),
  confidence: z
    .number()
    .min(0)
    .max(0.9999)
    .default(0)
    .refine((value) => value === 0 || value >= 0.5, 'must be 0, or 0.5 to 0.9999')
    .describe(
      'It lasts until there are enough migrations to tell with this confidence that success is above its limit: at 0.95 and 98 % 240 without a failure. 0: minMigrations are enough. Default: 0.',
    ),
});

/** The hybrid service is given to a growing share of the users, stage by stage, and taken back when it does harm (C5, C6). */
export const rolloutSchema = z.strictObject({
  salt: z
    .string()
    .default(defaultRolloutPlan.salt)
    .describe('Decides which users are the first. Default: hybrid-voice.'),
  startS: z
    .number()
    .min(0)
    .max(2_592_000)
    .default(60)
    .describe('The first stage begins this long after the service. Unit: s. Default: 60.'),
  stages: z
    .array(stageSchema)
    .min(1)
    .default(
      defaultRolloutPlan.stages.map(({ name, ppm, successAbove }) => ({
        name,
        share: ppm / 1_000_000,
        minS: 300,
        minMigrations: name === 'alpha' ? 10 : 50,
        successAbove,
        confidence: 0.95,
      })),
    )
    .describe(
      'Stages in order; each has at least the share of the one before. Default: 0.1 %, 5 %, 10 %, 25 %, 50 %, 100 %, 300 s each, confidence 0.95.',
    ),
});
