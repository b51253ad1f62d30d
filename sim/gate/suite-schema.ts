import { z } from 'zod';
import type { JsonSchema } from '../scenario/json-schema.js';
import { expectationsSchema } from '../scenario/schema/expectation-schema.js';

const overSchema = z.enum(['worst', 'best', 'median', 'mean', 'pooled']);

const seedsSchema = z.union([
  z.int().min(1).max(100_000),
  z.array(z.int().min(0).max(Number.MAX_SAFE_INTEGER)).min(1).max(100_000),
]);

const entrySchema = z.union([
  z.string().min(1),
  z.strictObject({
    scenario: z.string().min(1).describe("A built-in scenario, or a file; relative to the suite's own folder."),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes')
      .optional()
      .describe('Name in reports, if the same scenario stands here several times. Default: that of the scenario.'),
    set: z
      .union([z.array(z.string()), z.record(z.string(), z.unknown())])
      .optional()
      .describe("Overrides: ['population.clients=100'] or { population.clients: 100 }."),
    seeds: seedsSchema.optional().describe('Default: those of the suite.'),
    aggregation: overSchema.optional().describe('Default: that of the suite.'),
    expectations: expectationsSchema.optional().describe("Service levels beside the scenario's own."),
  }),
]);

/** A suite as it is written: in YAML or in a typed module. */
export const suiteSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes'),
  description: z.string().default(''),
  scenarios: z.array(entrySchema).min(1),
  seeds: seedsSchema.default(10).describe('A number of seeds (1, 2, 3, ...), or a list of them. Default: 10.'),
  aggregation: overSchema
    .default('worst')
    .describe('How the values of several seeds become one, where a level does not say it. Default: worst.'),
  expectations: expectationsSchema.describe('Service levels for all scenarios.'),
});

/** JSON Schema (draft 2020-12) of a suite as it is written, for editors. */
export function suiteJsonSchema(): JsonSchema {
  return { title: 'deadair suite', ...(z.toJSONSchema(suiteSchema, { io: 'input' }) as JsonSchema) };
}

/** A suite as people write it. */
export type SuiteInput = z.input<typeof suiteSchema>;
/** The same, checked, with its defaults. */
export type SuiteOptions = z.output<typeof suiteSchema>;

/** Gives a suite module its type. */
export function defineSuite<const T extends SuiteInput>(suite: T): T {
  return suite;
}
