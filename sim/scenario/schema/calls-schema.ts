import { z } from 'zod';
import { type CallPolicy, defaultCallPolicy } from '../../../core/call/call-policy.js';

const meanings: Record<keyof CallPolicy, string> = {
  ringTimeoutMs: 'A call that has rung for this long is missed. Unit: ms.',
  waitTimeoutMs: 'A call that has waited for this long for somebody free is missed; 0: at once. Unit: ms.',
  ringWidth: 'At how many staff a call rings at once.',
  leaseMs: 'A person that has not been heard of for this long is gone; more than two heartbeats. Unit: ms.',
  busyGraceMs: 'Somebody in a call has this much longer to come back. Unit: ms.',
  lookEveryMs: 'A call that was accepted is looked at this often. Unit: ms.',
  keepMs: 'Records of calls that are over are kept this long. Unit: ms.',
  claimMs: 'A backend that has taken on what is due has this long, then another may. Unit: ms.',
  attempts: 'Conflicts after which a change is given up.',
  conflictPauseMs: 'Longest pause after a conflict. Unit: ms.',
  holdMs:
    'A call that rings may be accepted without Redis for this long, by the backend of its caller; 0: never. Unit: ms.',
};

const policySchema = z.strictObject(
  Object.fromEntries(
    Object.entries(meanings).map(([name, meaning]) => [
      name,
      z
        .int()
        .min(name === 'ringWidth' || name === 'attempts' ? 1 : 0)
        .max(86_400_000)
        .optional()
        .describe(`${meaning} Default: ${defaultCallPolicy[name as keyof CallPolicy]}.`),
    ]),
  ) as Record<keyof CallPolicy, z.ZodOptional<z.ZodInt>>,
);

const seconds = (description: string) => z.number().min(0).max(2_592_000).describe(`${description} Unit: s.`);
const share = (description: string) =>
  z.number().min(0).max(1).default(0).describe(`${description} 0 to 1. Default: 0.`);
const mean = (description: string) =>
  z.number().positive().max(2_592_000).nullable().default(null).describe(`${description} Unit: s. Default: null.`);

const staffSchema = z.strictObject({
  count: z.int().min(0).max(100_000).default(10).describe('People who take calls. Default: 10.'),
  atS: seconds('When the first comes. Default: 1.').default(1),
  overS: seconds('They come evenly over this time. Default: 10.').default(10),
  shiftMeanS: mean('Mean time for which one takes calls (exponential); null: to the end.'),
  breakMeanS: seconds('Mean time between two shifts (exponential). Default: 300.').default(300),
  answerMinS: seconds('Shortest time until one reacts to a call that rings. Default: 1.').default(1),
  answerMeanS: seconds('Mean time on top of it (exponential). Default: 4.').default(4),
  ignoreShare: share('Share of calls that one lets ring.'),
  declineShare: share('Share of calls that one declines.'),
  crashShare: share('Share of accepted calls during which the browser of the staff crashes, for good.'),
});

const arrivalSchema = z.strictObject({
  atS: seconds('Begin. Default: 30.').default(30),
  overS: seconds('Length. Default: 60.').default(60),
  perHour: z
    .number()
    .positive()
    .max(10_000_000)
    .optional()
    .describe('Calls per hour, independent of each other (Poisson). Default: none; give this or `count`.'),
  count: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Exactly so many calls at random times. Default: none; give this or `perHour`.'),
});

const organisationSchema = z.strictObject({
  copies: z.int().min(1).max(10_000).default(1).describe('Organisations of this kind. Default: 1.'),
  staff: staffSchema.prefault({}).describe('Those who take its calls.'),
  arrivals: z.array(arrivalSchema).max(1_000).default([]).describe('When it is called. Default: never.'),
  talkMeanS: z
    .number()
    .positive()
    .max(86_400)
    .default(180)
    .describe('Mean length of a conversation (exponential). Unit: s. Default: 180.'),
  patienceMeanS: mean('Mean time after which a caller who is not answered gives up (exponential); null: never.'),
});

/** Calls: who is called, by whom, and what the service promises. */
export const callsSchema = z.strictObject({
  policy: policySchema.prefault({}).describe('Numbers of ringing that differ from the defaults.'),
  organisations: z
    .array(organisationSchema)
    .max(1_000)
    .default([])
    .describe('Organisations, numbered from 1. They make the people, unless population.script does. Default: none.'),
});
