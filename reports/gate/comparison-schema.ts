import { z } from 'zod';

/** One figure of one scenario against the baseline. */
const changeSchema = z.object({
  scenario: z.string(),
  metric: z.string(),
  /** `avg`, `p95`, ... of a histogram, `value` of anything else. */
  statistic: z.string(),
  unit: z.string(),
  /** Pairs of runs with the same seed that both have a value. */
  pairs: z.int(),
  /** Means over these seeds; null: no samples. */
  before: z.number().nullable(),
  now: z.number().nullable(),
  /** `ratio`: the figures below are shares of what it was (0.11: 11 % more); `difference`: in the unit of the metric. */
  scale: z.enum(['ratio', 'difference']),
  /** The change and its 95 % interval; null: cannot be said. */
  change: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Probability of such figures if it were no worse than `tolerance` allows, after Holm's correction for all comparisons. */
  p: z.number(),
  outcome: z.enum(['regression', 'improvement', 'same', 'unsure']),
  /** The seed with the largest change for the worse. */
  seed: z.int(),
  reason: z.string().optional(),
});

/** What has changed since a baseline, seed by seed. */
export const comparisonSchema = z.object({
  baselineVersion: z.string(),
  /** Share of gates without any regression that may be flagged all the same. */
  falseAlarms: z.number(),
  comparisons: z.int(),
  /** Scenarios that the baseline does not have yet: not compared. Absent: none. */
  added: z.array(z.string()).optional(),
  /** Scenarios of the baseline that the suite does not have any more. Absent: none. */
  gone: z.array(z.string()).optional(),
  /** All that is not `same`, worst first. */
  changes: z.array(changeSchema),
});

export type GateChange = z.output<typeof changeSchema>;
export type GateComparison = z.output<typeof comparisonSchema>;
