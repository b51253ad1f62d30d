import { z } from 'zod';

/** Version of the format; a reader refuses any other. */
export const REPRO_VERSION = 2;

/**
 * A repro file: everything that is needed to see a violation again, to the bit. The scenario is complete (with its script and faults), so
 * that neither a later default nor a renamed file changes it.
 */
export const reproSchema = z.strictObject({
  format: z.literal('deadair-repro'),
  version: z.literal(REPRO_VERSION),
  deadairVersion: z.string(),
  scenario: z.looseObject({ name: z.string() }).describe('Resolved scenario with script and faults.'),
  scenarioHash: z.string(),
  /** Ids of the hazards in the core; `custom`: collaborators of a test suite, which only that can replay. */
  hazards: z.array(z.string()),
  seed: z.int().min(0),
  windowMs: z.number().positive(),
  choices: z
    .array(z.strictObject({ instead: z.string(), nth: z.int().min(0), pick: z.string() }))
    .describe('Where the schedule departs from the order of time, as it was found.'),
  holds: z
    .array(z.strictObject({ hold: z.string(), until: z.string() }))
    .describe('The same made smaller: events that wait until others have run.'),
  strategy: z.string(),
  violation: z.strictObject({
    oracle: z.string(),
    kind: z.enum(['safety', 'liveness']),
    message: z.string(),
    atUs: z.number(),
    subjects: z.array(z.string()),
  }),
  traceHash: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits'),
  minimised: z
    .strictObject({
      actors: z.int(),
      actions: z.int(),
      faults: z.int(),
      choices: z.int(),
      replays: z.int(),
      complete: z.boolean(),
    })
    .nullable(),
  critical: z.strictObject({ first: z.string(), second: z.string() }).nullable(),
});

export type Repro = z.output<typeof reproSchema>;
