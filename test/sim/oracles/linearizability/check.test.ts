import { describe, expect, test } from 'vitest';
import {
  acceptOnce,
  checkByKey,
  checkLinearizability,
  type LockInput,
  leasedLock,
  memberSet,
  type Operation,
  type RegisterInput,
  type RegisterOutput,
  register,
} from '../../../../sim/oracles/linearizability/index.js';

const NEVER = Number.POSITIVE_INFINITY;

function op<Input, Output = never>(
  client: string,
  callAt: number,
  returnAt: number,
  input: Input,
  output?: Output,
): Operation<Input, Output> {
  return { client, callAt, returnAt, input, output };
}

const write = (value: number) => ({ kind: 'write', value }) as const;
const read = { kind: 'read' } as const;

type RegisterOperation = Operation<RegisterInput, RegisterOutput>;

describe('register', () => {
  const judge = (...history: RegisterOperation[]) => checkLinearizability(register, history);

  test('nothing at all is linearizable', () => {
    expect(judge().answer).toBe('linearizable');
  });

  test('a read may see a write that is under way, and afterwards it must be seen', () => {
    const writing = op('a', 0, 10, write(1), true);
    expect(judge(writing, op('b', 2, 3, read, 1)).answer).toBe('linearizable');
    expect(judge(writing, op('b', 2, 3, read, null)).answer).toBe('linearizable');
    expect(judge(writing, op('b', 2, 3, read, 1), op('c', 4, 5, read, null)).answer).toBe('not-linearizable');
    expect(judge(writing, op('b', 12, 13, read, null)).answer).toBe('not-linearizable');
  });

  test('a write that timed out may take effect at any later time, once', () => {
    const lost = op('a', 0, NEVER, write(1));
    const old = (at: number) => op('b', at, at + 1, read, null);
    const fresh = (at: number) => op('b', at, at + 1, read, 1);
    expect(judge(lost, old(2), fresh(100)).answer).toBe('linearizable');
    expect(judge(lost, old(2), old(100)).answer).toBe('linearizable');
    expect(judge(lost, fresh(2), old(100)).answer).toBe('not-linearizable');
    expect(judge(lost, fresh(2), op('c', 4, 5, write(2), true), fresh(100)).answer).toBe('not-linearizable');
  });

  test('says in words which operation has no place', () => {
    const verdict = judge(
      op('a', 0, 1, write(4), true),
      op('b', 2, 3, { kind: 'cas', from: 4, to: 5 } as const, true),
      op('c', 4, 5, read, 4),
      op('d', 6, 7, read, 5),
    );
    expect(verdict).toMatchObject({ answer: 'not-linearizable', prefix: 3, culprit: { client: 'c' } });
    expect(verdict).toHaveProperty(
      'explanation',
      '"read -> 4" of c (called at 4, answered at 5) cannot be placed: no order of the 2 others so far allows it; left was the value 5',
    );
  });

  test('an answer of unknown when the steps are used up, always after the same number', () => {
    const history = [...Array(14).keys()].map(
      (value) => op(`w${value}`, 0, 100, write(value), true) as RegisterOperation,
    );
    history.push(op('r', 101, 102, read, 99));
    const judged = () => checkLinearizability(register, history, { budget: 1_000 });
    expect(judged()).toEqual({ answer: 'unknown', steps: 1_000 });
    expect(judged()).toEqual(judged());
    expect(judge(...history.slice(0, -1)).answer).toBe('linearizable');
  });

  test('many writes of one value that timed out cost no more than their number', () => {
    const history: RegisterOperation[] = [];
    for (let i = 0; i < 60; i++) history.push(op(`w${i}`, i, NEVER, write(i % 2)));
    history.push(op('r', 101, 102, read, 7));
    const verdict = checkLinearizability(register, history);
    expect(verdict.answer).toBe('not-linearizable');
    expect(verdict.steps).toBeLessThan(10_000);
  });

  test('a history of thousands of operations is walked through, not searched', () => {
    const history: RegisterOperation[] = [];
    for (let i = 0; i < 5_000; i++) {
      history.push(op('a', 10 * i, 10 * i + 8, write(i), true), op('b', 10 * i + 5, 10 * i + 12, read, i));
    }
    const verdict = checkLinearizability(register, history);
    expect(verdict.answer).toBe('linearizable');
    expect(verdict.steps).toBeLessThan(30_000);
  });

  test('keys are independent of each other', () => {
    const input = (key: string, value: number | null) => (value === null ? { key, ...read } : { key, ...write(value) });
    const verdicts = checkByKey(
      register,
      [
        op('a', 0, 1, input('x', 1), true),
        op('b', 2, 3, input('y', null), null),
        op('c', 4, 5, input('x', null), null),
      ] as unknown as Operation<RegisterInput & { key: string }, RegisterOutput>[],
      (input) => (input as RegisterInput & { key: string }).key,
    );
    expect(verdicts.map(({ key, verdict }) => [key, verdict.answer])).toEqual([
      ['x', 'not-linearizable'],
      ['y', 'linearizable'],
    ]);
  });

  test('refuses an operation that is answered before it is asked', () => {
    expect(() => judge(op('a', 5, 4, read, null))).toThrow(/operation of a returns at 4, before its call/);
  });
});

describe('leased lock', () => {
  const lock = (kind: LockInput['kind'], lease: string): LockInput => ({ kind, lease });
  const judge = (...history: Operation<LockInput, boolean>[]) => checkLinearizability(leasedLock, history).answer;

  test('two may hold it one after the other', () => {
    expect(
      judge(
        op('a', 0, 1, lock('acquire', 'a'), true),
        op('a', 2, 3, lock('release', 'a'), true),
        op('b', 2, 9, lock('acquire', 'b'), true),
      ),
    ).toBe('linearizable');
  });

  test('two cannot hold it at once, unless the lease of the first can be over', () => {
    const both = [op('a', 0, 1, lock('acquire', 'a'), true), op('b', 2, 9, lock('acquire', 'b'), true)];
    expect(judge(...both)).toBe('not-linearizable');
    expect(judge(...both, op('lease', 5, NEVER, lock('expire', 'a')))).toBe('linearizable');
    expect(judge(...both, op('lease', 10, NEVER, lock('expire', 'a')))).toBe('not-linearizable');
  });

  test('who has lost it does not release that of another', () => {
    const taken = [
      op('a', 0, 1, lock('acquire', 'a'), true),
      op('lease', 5, NEVER, lock('expire', 'a')),
      op('b', 6, 7, lock('acquire', 'b'), true),
    ];
    expect(judge(...taken, op('a', 8, 9, lock('release', 'a'), false))).toBe('linearizable');
    expect(judge(...taken, op('a', 8, 9, lock('release', 'a'), true))).toBe('not-linearizable');
    expect(judge(...taken, op('a', 8, 9, lock('check', 'a'), true))).toBe('not-linearizable');
    expect(judge(...taken, op('b', 8, 9, lock('check', 'b'), true))).toBe('linearizable');
  });
});

test('a set of members lists whom it has let in', () => {
  const join = (member: string) => ({ kind: 'join', member }) as const;
  const joins = [op('a', 0, 5, join('a'), true), op('b', 0, 5, join('b'), true)];
  const list = (...members: string[]) => op('c', 3, 4, { kind: 'list' } as const, members);
  const answers = [list(), list('b'), list('b', 'a'), list('c')].map(
    (listing) => checkLinearizability(memberSet, [...joins, listing]).answer,
  );
  expect(answers).toEqual(['linearizable', 'linearizable', 'linearizable', 'not-linearizable']);
});

test('a call is accepted by one, or missed', () => {
  const accept = (by: string) => ({ kind: 'accept', by }) as const;
  const judge = (a: boolean, b: boolean, missed: boolean) =>
    checkLinearizability(acceptOnce, [
      op('a', 0, 5, accept('a'), a),
      op('b', 0, 5, accept('b'), b),
      op('worker', 0, 5, accept('missed'), missed),
    ]).answer;
  expect(judge(true, false, false)).toBe('linearizable');
  expect(judge(false, false, true)).toBe('linearizable');
  expect(judge(true, true, false)).toBe('not-linearizable');
  expect(judge(true, false, true)).toBe('not-linearizable');
  expect(judge(false, false, false)).toBe('not-linearizable');
});
