import type { Model } from '../model.js';

/** `null`: nothing has been written yet. */
export type RegisterValue = number | string | null;

export type RegisterInput =
  | { readonly kind: 'read' }
  | { readonly kind: 'write'; readonly value: RegisterValue }
  /** Compare and set. */
  | { readonly kind: 'cas'; readonly from: RegisterValue; readonly to: RegisterValue };

/** A read answers the value, a write `true`, a compare-and-set whether it has set. */
export type RegisterOutput = RegisterValue | boolean;

/** A register with read, write and compare-and-set. */
export const register: Model<RegisterValue, RegisterInput, RegisterOutput> = {
  init: null,
  step(state, input, output) {
    switch (input.kind) {
      case 'read':
        return { ok: output === undefined || output === state, state };
      case 'write':
        return { ok: true, state: input.value };
      case 'cas': {
        const set = state === input.from;
        return { ok: output === undefined || output === set, state: set ? input.to : state };
      }
    }
  },
  key: (state) => `${typeof state} ${state}`,
  describe(input, output) {
    const answer =
      output === undefined ? '' : input.kind === 'read' ? ` -> ${word(output)}` : output === false ? ' -> no' : '';
    switch (input.kind) {
      case 'read':
        return `read${answer}`;
      case 'write':
        return `write ${word(input.value)}`;
      case 'cas':
        return `change ${word(input.from)} to ${word(input.to)}${output === true ? ' -> yes' : answer}`;
    }
  },
  describeState: (state) => `the value ${word(state)}`,
};

const word = (value: RegisterOutput): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));
