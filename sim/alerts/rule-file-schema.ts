import { z } from 'zod';
import { parseDuration } from './promql/duration.js';

const duration = (description: string) =>
  z
    .union([z.string(), z.number()])
    .transform(String)
    .refine((text) => parseDuration(text) !== null, 'must be a duration such as 30s, 5m or 1h30m')
    .describe(description);

const texts = (description: string) =>
  z
    .record(z.string().regex(/^[a-zA-Z_]\w*$/, 'must be letters, digits and underscores'), z.coerce.string())
    .default({})
    .describe(description);

/** One alerting rule. */
const ruleSchema = z.strictObject({
  alert: z.string().min(1).describe('Name of the alert.'),
  expr: z.string().min(1).describe('PromQL: every element of the result is an active alert.'),
  for: duration('How long it must be active before it fires. Default: 0s.').optional(),
  keep_firing_for: duration('How long it keeps firing when it is no longer active. Default: 0s.').optional(),
  labels: texts('Labels that are added, e.g. severity.'),
  annotations: texts('Texts for people.'),
});

/** A rule file as Prometheus reads it, without recording rules. Prometheus, "Defining alerting rules". */
export const ruleFileSchema = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe('Name of the group.'),
        interval: duration('How often its rules are evaluated. Default: as often as is scraped.').optional(),
        rules: z.array(ruleSchema).min(1).describe('Its rules.'),
      }),
    )
    .min(1)
    .describe('Groups of rules.'),
});

/** A rule file as it is written. */
export type RuleFileInput = z.input<typeof ruleFileSchema>;
export type RuleFile = z.output<typeof ruleFileSchema>;
