import { z } from 'zod';
import { alertsSchema } from './alerts-schema.js';
import { callsSchema } from './calls-schema.js';
import { costSchema } from './cost-schema.js';
import { expectationsSchema } from './expectation-schema.js';
import { faultSchema } from './fault-schema.js';
import { mediaSchema } from './media-schema.js';
import { networkSchema } from './network-schema.js';
import { policySchema } from './policy-schema.js';
import { populationSchema } from './population-schema.js';
import { rolloutSchema } from './rollout-schema.js';
import { tokensSchema } from './tokens-schema.js';
import { topologySchema } from './topology-schema.js';

/** A scenario as it is written: in a typed module, in YAML, or changed by `--set`. Every field but the name has a default. */
export const scenarioSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes')
    .describe('Name of the scenario.'),
  description: z.string().default('').describe('What it shows, in one sentence.'),
  durationS: z
    .number()
    .positive()
    .max(2_592_000)
    .default(300)
    .describe('Simulated time with load and faults. Unit: s. Default: 300.'),
  drainS: z
    .number()
    .min(0)
    .max(86_400)
    .default(60)
    .describe('Time without load and faults at the end, in which everything must converge. Unit: s. Default: 60.'),
  policy: policySchema.prefault({}).describe('Policy of the voice core: a profile and what differs from it.'),
  topology: topologySchema.prefault({}).describe('Servers of the simulated deployment.'),
  population: populationSchema.prefault({}).describe('The people.'),
  calls: callsSchema
    .optional()
    .describe('Calls: then the people are its staff and callers, or the script, and no others. Default: nobody calls.'),
  network: networkSchema.prefault({}).describe('The links.'),
  media: mediaSchema.prefault({}).describe('Voice.'),
  faults: z.array(faultSchema).default([]).describe('What goes wrong, and when. Default: nothing.'),
  tokens: tokensSchema
    .optional()
    .describe('Signed tokens for the SFU (A8). Default: unsigned ones that nobody checks.'),
  alerts: alertsSchema.optional().describe('A monitoring with alerting rules. Default: none.'),
  rollout: rolloutSchema
    .optional()
    .describe('The hybrid service is given to a growing share of the users (C5). Default: everybody has it.'),
  hosts: z
    .strictObject({
      clockSkewMs: z
        .number()
        .min(0)
        .max(86_400_000)
        .default(0)
        .describe('Clocks are off by up to this, either way. Unit: ms. Default: 0.'),
      clockDriftPpm: z
        .number()
        .min(0)
        .max(100_000)
        .default(0)
        .describe('Clocks drift by up to this, either way. Unit: parts per million. Default: 0.'),
    })
    .prefault({})
    .describe('Clocks of the hosts.'),
  cost: costSchema
    .optional()
    .describe('Prices of the metric cost_month_usd. Default: those of the document of the policy.'),
  expectations: expectationsSchema,
});
