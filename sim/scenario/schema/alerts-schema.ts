import { z } from 'zod';
import { ruleFileSchema } from '../../alerts/rule-file-schema.js';

/** A monitoring that scrapes the servers and evaluates alerting rules (A11, B13). */
export const alertsSchema = z.strictObject({
  rules: z
    .union([z.string().min(1), ruleFileSchema])
    .default('builtin')
    .describe('builtin, the path of a Prometheus rule file (.yaml), or its groups. Default: builtin.'),
  scrapeIntervalS: z
    .number()
    .min(1)
    .max(3_600)
    .default(15)
    .describe('How often servers are scraped, and rules evaluated that do not say otherwise. Unit: s. Default: 15.'),
});
