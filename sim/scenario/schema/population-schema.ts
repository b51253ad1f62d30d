import { z } from 'zod';
import { stepSchema } from './step-schema.js';

const seconds = (description: string) => z.number().min(0).max(2_592_000).describe(`${description} Unit: s.`);
const share = (description: string) =>
  z.number().min(0).max(1).default(0).describe(`${description} 0 to 1. Default: 0.`);

/** How the population arrives. */
const arrivalSchema = z.strictObject({
  kind: z
    .enum(['ramp', 'storm', 'poisson'])
    .default('ramp')
    .describe(
      'ramp: evenly over overS. storm: all at once, within overS. poisson: independent, over overS. Default: ramp.',
    ),
  overS: seconds('Time from the first to the last arrival. Default: 60.').default(60),
  atS: seconds('Time of the first arrival. Default: 1.').default(1),
});

/** Members that come later than the others, stay a while and go: the third person of a call. */
const guestsSchema = z.strictObject({
  perChannel: z
    .int()
    .min(0)
    .max(1_000)
    .default(0)
    .describe('How many members of each channel are guests. They are part of population.clients. Default: 0.'),
  atS: seconds('Time of the first visit. Default: 60.').default(60),
  overS: seconds('First visits are spread evenly over this time. Default: 60.').default(60),
  stayS: seconds('Mean length of a visit (exponential). Default: 60.').default(60),
  visits: z.int().min(1).max(1_000).default(1).describe('Visits of each guest. Default: 1.'),
  awayS: seconds('Mean time between two visits (exponential). Default: 60.').default(60),
});

/** What happens to the devices. A script says itself what happens to whose, and only `gestureNeeded` is of use to it. */
const devicesSchema = z.strictObject({
  mobileShare: share('Share of clients on battery, whose application goes to the background.'),
  chargeMin: z.number().min(0).max(1).default(0.1).describe('Least charge on arrival. 0 to 1. Default: 0.1.'),
  chargeMax: z.number().min(0).max(1).default(1).describe('Greatest charge on arrival. 0 to 1. Default: 1.'),
  drainPerHour: z.number().min(0).max(60).default(0.15).describe('Charge that an hour takes. Default: 0.15.'),
  background: z
    .strictObject({
      everyS: z.number().positive().max(2_592_000).describe('Mean time in front (exponential). Unit: s.'),
      forS: z.number().positive().max(2_592_000).describe('Mean time in the background (exponential). Unit: s.'),
    })
    .nullable()
    .default(null)
    .describe('How clients on battery go to the background; null: never. Default: null.'),
  gestureNeeded: z
    .boolean()
    .default(false)
    .describe('Browsers play nothing before the person has touched the page. Default: false.'),
  gestureAfterS: seconds('Mean time from arrival to that touch (exponential). Default: 2.').default(2),
});

/** The people: how many, in which channels, when they come and how they behave. */
export const populationSchema = z.strictObject({
  clients: z.int().min(1).max(1_000_000).default(50).describe('Virtual clients. Default: 50.'),
  channels: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Channels that they join. Default: a tenth of the clients, at least 1.'),
  membersMin: z.int().min(1).max(10_000).default(2).describe('Members of the smallest channel. Default: 2.'),
  membersMax: z.int().min(1).max(10_000).default(30).describe('Members of the largest channel. Default: 30.'),
  arrival: arrivalSchema.prefault({}).describe('How the population arrives.'),
  session: z
    .strictObject({
      meanS: z
        .number()
        .positive()
        .max(2_592_000)
        .nullable()
        .default(null)
        .describe('Mean length of a stay (exponential); null: until the end. Unit: s. Default: null.'),
    })
    .prefault({})
    .describe('How long a client stays.'),
  rejoin: z.boolean().default(true).describe('Whether a client that has left comes back. Default: true.'),
  pauseS: seconds('Mean time between leaving and coming back (exponential). Default: 30.').default(30),
  closeTabShare: share('Share of leaves that happen by closing the tab, without a word.'),
  secondTabShare: share('Share of clients that open a second tab in the middle of a stay.'),
  guests: guestsSchema.prefault({}).describe('Members that come later and leave earlier: the third person of a call.'),
  devices: devicesSchema.optional().describe('Batteries, background and touch. Default: none of them matters.'),
  script: z
    .array(stepSchema)
    .max(100_000)
    .optional()
    .describe('Exactly what each person does, instead of everything above.'),
});
