import { z } from 'zod';

/** What a month costs: which prices hold. */
export const costSchema = z.strictObject({
  prices: z
    .enum(['hybrid', 'calls', 'rollout'])
    .optional()
    .describe(
      'Price list of servers: hybrid (A16), calls (D8) or rollout (C10). Default: calls for policy.profile calls, else hybrid.',
    ),
  traffic: z
    .enum(['documented', 'list'])
    .default('documented')
    .describe(
      'Prices of traffic: those of the document, or dated list prices of a cloud and a relay service. Default: documented.',
    ),
  hoursPerMonth: z
    .number()
    .positive()
    .max(744)
    .default(730)
    .describe('Hours of a month that are like this scenario; in the others nobody talks. Default: 730, all of them.'),
});
