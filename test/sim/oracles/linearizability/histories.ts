import * as fc from 'fast-check';
import type {
  AcceptOnceInput,
  LockInput,
  MemberSetInput,
  Model,
  Operation,
  RegisterInput,
} from '../../../../sim/oracles/linearizability/index.js';
import { acceptOnce, leasedLock, memberSet, register } from '../../../../sim/oracles/linearizability/index.js';

const name = fc.constantFrom('a', 'b', 'c');
const value = fc.integer({ min: 0, max: 2 });

const registerInput: fc.Arbitrary<RegisterInput> = fc.oneof(
  fc.constant({ kind: 'read' } as const),
  fc.record({ kind: fc.constant('write' as const), value }),
  fc.record({ kind: fc.constant('cas' as const), from: value, to: value }),
);
const lockInput: fc.Arbitrary<LockInput> = fc.record({
  kind: fc.constantFrom('acquire', 'release', 'check', 'expire'),
  lease: name,
});
const memberInput: fc.Arbitrary<MemberSetInput> = fc.oneof(
  fc.constant({ kind: 'list' } as const),
  fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const, 'has' as const), member: name }),
);
const acceptInput: fc.Arbitrary<AcceptOnceInput> = fc.oneof(
  fc.constant({ kind: 'read' } as const),
  fc.record({ kind: fc.constant('accept' as const), by: name }),
);

/** A model with operations for it and answers that it might be given by mistake. */
export interface Subject<State, Input, Output> {
  readonly model: Model<State, Input, Output>;
  readonly input: fc.Arbitrary<Input>;
  readonly answerOf: (state: State, input: Input) => Output;
  /** One of the answers of the right kind, by number. */
  readonly anyAnswer: (input: Input, draw: number) => Output;
}

const subject = <State, Input, Output>(it: Subject<State, Input, Output>) =>
  it as unknown as Subject<unknown, { readonly kind: string }, unknown>;

export const subjects: readonly (readonly [string, ReturnType<typeof subject>])[] = [
  [
    'register',
    subject({
      model: register,
      input: registerInput,
      answerOf: (state, input) =>
        input.kind === 'read' ? state : input.kind === 'write' ? true : state === input.from,
      anyAnswer: ({ kind }, draw) => (kind === 'read' ? ([null, 0, 1, 2][draw % 4] as number | null) : draw % 2 === 0),
    }),
  ],
  [
    'leased lock',
    subject({
      model: leasedLock,
      input: lockInput,
      answerOf: (state, { kind, lease }) => (kind === 'acquire' ? state === null : state === lease),
      anyAnswer: (_, draw) => draw % 2 === 0,
    }),
  ],
  [
    'member set',
    subject({
      model: memberSet,
      input: memberInput,
      answerOf: (state, input) =>
        input.kind === 'list' ? state : state.includes(input.member) !== (input.kind === 'join'),
      anyAnswer: ({ kind }, draw) =>
        kind === 'list' ? ['a', 'b', 'c'].filter((_, bit) => ((draw >> bit) & 1) === 1) : draw % 2 === 0,
    }),
  ],
  [
    'accept-once register',
    subject({
      model: acceptOnce,
      input: acceptInput,
      answerOf: (state, input) => (input.kind === 'read' ? state : (state ?? input.by) === input.by),
      anyAnswer: ({ kind }, draw) =>
        kind === 'read' ? ([null, 'a', 'b', 'c'][draw % 4] as string | null) : draw % 2 === 0,
    }),
  ],
];

type AnyOperation = Operation<{ readonly kind: string }, unknown>;

/** Histories that have really happened: each operation takes effect at one moment between its call and its return, one after the other. */
export function realHistory(
  { model, input, answerOf }: ReturnType<typeof subject>,
  maxLength: number,
): fc.Arbitrary<AnyOperation[]> {
  const operation = fc.record({
    input,
    before: fc.nat(40),
    after: fc.nat(40),
    answered: fc.nat(9),
    happens: fc.boolean(),
  });
  return fc.array(operation, { minLength: 1, maxLength }).map((drawn) => {
    let state = model.init;
    return drawn.map(({ input, before, after, answered, happens }, index) => {
      const effectAt = 10 * index;
      const callAt = effectAt - before;
      const lost = answered === 0;
      const output = answerOf(state, input);
      if (!lost || happens) state = model.step(state, input, output).state;
      return {
        client: `client-${index}`,
        input,
        output: lost ? undefined : output,
        callAt,
        returnAt: lost ? Number.POSITIVE_INFINITY : effectAt + after,
      };
    });
  });
}

/** Real histories in which some answers and some times have been altered: some are linearizable, some not. */
export function mutatedHistory(it: ReturnType<typeof subject>, maxLength: number): fc.Arbitrary<AnyOperation[]> {
  const mutation = fc.record({
    at: fc.nat(maxLength - 1),
    draw: fc.nat(7),
    shiftBy: fc.integer({ min: -30, max: 30 }),
    what: fc.nat(2),
  });
  return fc.tuple(realHistory(it, maxLength), fc.array(mutation, { maxLength: 4 })).map(([history, mutations]) => {
    const mutated = [...history];
    for (const { at, draw, shiftBy, what } of mutations) {
      const index = at % mutated.length;
      const { callAt, returnAt, ...rest } = mutated[index]!;
      if (what === 0) mutated[index] = { ...rest, callAt: callAt + shiftBy, returnAt: returnAt + shiftBy };
      else if (returnAt !== Number.POSITIVE_INFINITY)
        mutated[index] = { ...rest, callAt, returnAt, output: it.anyAnswer(rest.input, draw) };
    }
    return mutated;
  });
}
