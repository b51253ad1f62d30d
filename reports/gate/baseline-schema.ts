import { z } from 'zod';

/** Version of the baseline file. */
export const BASELINE_SCHEMA_VERSION = 1;

/** What a later gate is compared with: a few figures of each run. */
export const baselineSchema = z.object({
  kind: z.literal('deadair-baseline'),
  schemaVersion: z.literal(BASELINE_SCHEMA_VERSION),
  deadairVersion: z.string(),
  suite: z.string(),
  scenarios: z.array(
    z.object({
      name: z.string(),
      hash: z.string(),
      seeds: z.array(z.int()),
      figures: z.array(
        z.object({
          metric: z.string(),
          statistic: z.string(),
          /** One for each seed, in their order; null: no samples. */
          values: z.array(z.number().nullable()),
        }),
      ),
    }),
  ),
});

export type Baseline = z.output<typeof baselineSchema>;
