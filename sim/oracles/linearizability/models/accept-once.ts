import type { Model } from '../model.js';

/** Who has been accepted, or how it ended without anybody (`missed`); `null`: still open. */
export type Accepted = string | null;

export type AcceptOnceInput =
  /** Wants to be the one; a name, or the end that a deadline brings. Saying it again by the same is no second one. */
  { readonly kind: 'accept'; readonly by: string } | { readonly kind: 'read' };

/** `accept` answers whether `by` is the one, `read` who is. */
export type AcceptOnceOutput = boolean | Accepted;

/** A register that is written at most once: a call is accepted by one, or missed, never both. */
export const acceptOnce: Model<Accepted, AcceptOnceInput, AcceptOnceOutput> = {
  init: null,
  step(state, input, output) {
    if (input.kind === 'read') return { ok: output === undefined || output === state, state };
    const accepted = state ?? input.by;
    return { ok: output === undefined || output === (accepted === input.by), state: accepted };
  },
  key: (state) => (state === null ? '' : `by ${state}`),
  describe(input, output) {
    const what = input.kind === 'read' ? 'read' : `accept ${input.by}`;
    if (output === undefined) return what;
    return `${what} -> ${input.kind === 'read' ? (output ?? 'nobody') : output === true ? 'yes' : 'no'}`;
  },
  describeState: (state) => (state === null ? 'nobody accepted' : `${state} accepted`),
};
