import type { Model } from '../model.js';

/** Members in alphabetical order. */
export type Members = readonly string[];

export type MemberSetInput =
  | { readonly kind: 'join'; readonly member: string }
  | { readonly kind: 'leave'; readonly member: string }
  /** Asks for one member. */
  | { readonly kind: 'has'; readonly member: string }
  /** Asks for all. */
  | { readonly kind: 'list' };

/** `join` and `leave` answer whether they have changed anything, `has` whether it is a member, `list` the members. */
export type MemberSetOutput = boolean | Members;

/** A set of members. Where nobody lists them all, check by member: each is a set of its own. */
export const memberSet: Model<Members, MemberSetInput, MemberSetOutput> = {
  init: [],
  step(state, input, output) {
    if (input.kind === 'list') return { ok: output === undefined || words(output as Members) === words(state), state };
    const there = state.includes(input.member);
    switch (input.kind) {
      case 'join':
        return {
          ok: output === undefined || output === !there,
          state: there ? state : [...state, input.member].sort(),
        };
      case 'leave':
        return {
          ok: output === undefined || output === there,
          state: there ? state.filter((member) => member !== input.member) : state,
        };
      case 'has':
        return { ok: output === undefined || output === there, state };
    }
  },
  key: (state) => JSON.stringify(state),
  describe(input, output) {
    const what = input.kind === 'list' ? 'list' : `${input.kind} ${input.member}`;
    if (output === undefined) return what;
    return `${what} -> ${typeof output === 'boolean' ? (output ? 'yes' : 'no') : words(output)}`;
  },
  describeState: (state) => (state.length === 0 ? 'nobody in it' : `${state.join(', ')} in it`),
};

const words = (members: Members): string => JSON.stringify([...members].sort());
