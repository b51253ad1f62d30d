import { z } from 'zod';
import { userIdProblem } from '../validation.js';

const userId = z.string().refine((text) => userIdProblem(text) === null, 'must be a user id');

/** What an operator can ask for (A14). */
export const adminCommandSchema = z.discriminatedUnion('do', [
  /** All channels that fit into a mesh go there and stay, until it is lifted. */
  z.strictObject({ do: z.literal('force-p2p') }),
  z.strictObject({ do: z.literal('lift-p2p') }),
  /** Ends migrations that are past their end, and flags without a migration. Never a healthy one. */
  z.strictObject({ do: z.literal('clear-stuck') }),
  z.strictObject({ do: z.literal('reconcile') }),
  z.strictObject({ do: z.literal('health') }),
  /** All tokens of a user that exist now. */
  z.strictObject({ do: z.literal('revoke-tokens'), userId }),
]);

export type AdminCommand = z.infer<typeof adminCommandSchema>;

/** A request of an operator. The same id is the same request, however often and wherever it arrives. */
export const adminRequestSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_.:-]{1,100}$/),
  /** Of an operator: `TokenSigner.writeAdmin`. */
  token: z.string().max(4_096),
  command: adminCommandSchema,
});

export type AdminRequest = z.infer<typeof adminRequestSchema>;

/** Why nothing was done. */
export type AdminRefusal =
  | 'invalid' // the request can never succeed
  | 'unauthorized' // no token of an operator
  | 'unavailable'; // Redis cannot be reached, or there is nothing that could do it; try again

export type AdminAnswer =
  | { readonly id: string; readonly ok: true; readonly report: Readonly<Record<string, unknown>> }
  | { readonly id: string; readonly ok: false; readonly code: AdminRefusal; readonly reason: string };
