import { z } from 'zod';
import { defaultTokenPolicy } from '../../../core/token/token-claims.js';

const ms = (name: keyof typeof defaultTokenPolicy, least: number, description: string) =>
  z
    .int()
    .min(least)
    .max(86_400_000)
    .default(defaultTokenPolicy[name])
    .describe(`${description} Unit: ms. Default: ${defaultTokenPolicy[name]}.`);

/** Tokens are signed, limited, checked by the nodes against Redis, and can be revoked (A8). */
export const tokensSchema = z.strictObject({
  lifetimeMs: ms('lifetimeMs', 1_000, 'How long a token lets its bearer in.'),
  perWindow: z
    .int()
    .min(1)
    .max(10_000)
    .default(defaultTokenPolicy.perWindow)
    .describe(`Tokens of one user in any windowMs. Default: ${defaultTokenPolicy.perWindow}.`),
  windowMs: ms('windowMs', 100, 'The window of the limit.'),
  leewayMs: ms('leewayMs', 0, 'Clocks of those who check may be off by this.'),
  turnLifetimeMs: z
    .int()
    .min(1_000)
    .max(86_400_000)
    .default(3_600_000)
    .describe('How long TURN credentials hold, where there are TURN servers. Unit: ms. Default: 3 600 000.'),
});
