import type { Model } from '../model.js';

/** `null`: the lock is free. */
export type LockHolder = string | null;

export type LockInput =
  /** Takes the lock if it is free. `lease` names this one taking, not the taker. */
  | { readonly kind: 'acquire'; readonly lease: string }
  /** Gives the lock back if it is held under this lease. */
  | { readonly kind: 'release'; readonly lease: string }
  /** Asks whether the lock is held under this lease. */
  | { readonly kind: 'check'; readonly lease: string }
  /** The lease may end from the call on; an operation of the environment that never returns, unless the end is certain. */
  | { readonly kind: 'expire'; readonly lease: string };

/**
 * A mutex whose leases end by themselves. Time is not in the state: the end of a lease is an operation of its own, called
 * when the lease can end at the earliest. Without such operations it is a plain mutex. All operations answer yes or no.
 */
export const leasedLock: Model<LockHolder, LockInput, boolean> = {
  init: null,
  step(state, input, output) {
    switch (input.kind) {
      case 'acquire': {
        const got = state === null;
        return { ok: output === undefined || output === got, state: got ? input.lease : state };
      }
      case 'release': {
        const held = state === input.lease;
        return { ok: output === undefined || output === held, state: held ? null : state };
      }
      case 'check':
        return { ok: output === undefined || output === (state === input.lease), state };
      case 'expire':
        return { ok: true, state: state === input.lease ? null : state };
    }
  },
  key: (state) => (state === null ? '' : `held ${state}`),
  describe: ({ kind, lease }, output) => `${kind} ${lease}${output === undefined ? '' : output ? ' -> yes' : ' -> no'}`,
  describeState: (state) => (state === null ? 'a free lock' : `the lock held under ${state}`),
};
