import { z } from 'zod';

/** One thing that a person does, at a given time. */
export const stepSchema = z
  .strictObject({
    atS: z.number().min(0).max(2_592_000).describe('When. Unit: s of simulated time.'),
    user: z.int().min(1).max(1_000_000).describe('Who: users are numbered from 1; the device of user 3 is client-3.'),
    do: z
      .enum([
        'join',
        'leave',
        'close-tab',
        'second-tab',
        'sleep',
        'reload',
        'call-on',
        'call-off',
        'call',
        'accept',
        'decline',
        'hang-up',
      ])
      .describe(
        'join: opens a tab in `channel`, or moves there. leave: says good-bye. close-tab: closes all tabs without a word. second-tab: opens the channel in another tab. sleep: the device sleeps for `forS`. reload: the browser crashes and comes back after `forS`. call-on: takes calls of the organisation `channel`. call-off: no more. call: calls it. accept, decline: what rings, or will ring next. hang-up: ends the call, or gives it up.',
      ),
    channel: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe('Channel of a join, or organisation of call-on and call. Default: 1.'),
    forS: z.number().positive().max(86_400).default(1).describe('Length of sleep and reload. Unit: s. Default: 1.'),
  })
  .describe('A step of the script.');
