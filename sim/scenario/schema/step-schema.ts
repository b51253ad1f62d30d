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
        'change-network',
        'battery',
        'background',
        'foreground',
        'gesture',
        'call-on',
        'call-off',
        'call',
        'accept',
        'decline',
        'hang-up',
      ])
      .describe(
        'join: opens a tab in `channel`, or moves there. leave: says good-bye. close-tab: closes all tabs without a word. second-tab: opens the channel in another tab. sleep: the device sleeps for `forS`. reload: the browser crashes and comes back after `forS`. change-network: the device moves to `network`. battery: its charge is `level`, and it is `charging` or not. background, foreground: the application goes there. gesture: the person touches the page, so that it may play (see population.devices.gestureNeeded). call-on: takes calls of the organisation `channel`. call-off: no more. call: calls it. accept, decline: what rings, or will ring next. hang-up: ends the call, or gives it up.',
      ),
    network: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Access network of the device, by name of its profile: from its first join on, or from a change-network on. Default: drawn by clientProfiles.',
      ),
    channel: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe('Channel of a join, or organisation of call-on and call. Default: 1.'),
    forS: z.number().positive().max(86_400).default(1).describe('Length of sleep and reload. Unit: s. Default: 1.'),
    level: z.number().min(0).max(1).optional().describe('Charge of a battery step. 0 to 1.'),
    charging: z.boolean().optional().describe('Whether the battery is being charged. Default: false.'),
  })
  .describe('A step of the script.');
