import { describe, expect, test } from 'vitest';
import { CallDesk } from '../../../core/call/call-desk.js';
import type { CallDraft, CallReading, Keeping } from '../../../core/call/call-draft.js';
import { CallKeeper, CallKept } from '../../../core/call/call-keeper.js';
import { type CallPolicy, defaultCallPolicy } from '../../../core/call/call-policy.js';
import { type CallRecord, newCall, newPerson, type PersonRecord } from '../../../core/call/call-record.js';
import { CallRules } from '../../../core/call/call-rules.js';
import type { CallQuery, CallStore } from '../../../core/call/call-store.js';

const CALL = '9.r';
const policy: CallPolicy = { ...defaultCallPolicy, holdMs: 10_000 };
const rules = new CallRules(policy);

/** A store in memory, for many backends, that can be out of reach for each. */
class Store {
  nowMs = 1_000_000;
  readonly people = new Map<string, PersonRecord>();
  call: CallRecord = newCall(CALL);

  read({ candidates = 0 }: CallQuery): CallReading {
    const people = new Map(['1', '2', '9'].map((id) => [id, { ...(this.people.get(id) ?? newPerson(id)) }]));
    return {
      nowMs: this.nowMs,
      call: { ...this.call },
      people,
      leases: new Map([...people.keys()].map((id) => [id, Number.MAX_SAFE_INTEGER])),
      candidates: candidates > 0 ? ['1', '2'] : [],
    };
  }

  commit(draft: CallDraft): readonly number[] | null {
    for (const [key, version] of draft.checks()) {
      const present = key.startsWith('call:') ? this.call : (this.people.get(key.slice(7)) ?? newPerson(''));
      if (present.version !== version) return null;
    }
    draft.commands(policy); // versions grow here
    if (draft.call !== null) this.call = { ...draft.call, keptUntilMs: draft.call.keptUntilMs };
    for (const person of draft.touched) this.people.set(person.userId, { ...person });
    return [];
  }
}

/** A backend with its way to the store. */
class Backend {
  reach: 'up' | 'down' | 'unanswered' = 'up';
  nowMs = 0;
  readonly told: string[] = [];
  readonly keeper: CallKeeper;

  constructor(
    readonly store: Store,
    instance: string,
    readonly here: readonly string[],
  ) {
    const keeping: Keeping = { instance, holdMs: policy.holdMs, isHere: (userId) => here.includes(userId) };
    const door = {
      read: async (query: CallQuery) => this.through(() => store.read(query), this.reach !== 'down'),
      commit: async (draft: CallDraft) => {
        const done = this.through(() => store.commit(draft), this.reach !== 'down');
        return this.through(() => done, this.reach === 'up');
      },
      holdOn: async (callIds: readonly string[]) => {
        const held = store.call.keeper === instance && store.call.keptUntilMs > store.nowMs;
        if (held) store.call.keptUntilMs = store.nowMs + 2 * policy.holdMs;
        return this.through(() => callIds.map(() => held), this.reach === 'up');
      },
    } as unknown as CallStore;
    this.keeper = new CallKeeper({
      keeping,
      store: door,
      rules,
      clock: { nowMs: () => this.nowMs },
      onAccepted: (draft) => this.told.push(`${draft.call?.answeredBy} has it`),
    });
    this.keeper.use(
      new CallDesk({
        store: door,
        policy,
        timers: {
          after(_ms, due) {
            queueMicrotask(due);
            return { cancel: () => undefined };
          },
        },
        random: { unique: () => 'x', uniform: () => 0 },
        clock: { nowMs: () => this.nowMs },
        onCommitted: () => undefined,
        keeper: this.keeper,
      }),
    );
  }

  private through<T>(work: () => T, up: boolean): T {
    if (!up) throw new Error('no way to the store');
    return work();
  }

  /** 9 calls, and it rings at 1 and 2. */
  async ring(): Promise<void> {
    for (const user of ['1', '2'])
      await this.keeper.change({ callId: CALL }, (draft) => rules.on(draft, user, 7, `s${user}`));
    await this.keeper.change({ callId: CALL, candidates: 2 }, (draft) => rules.offer(draft, '9', 7, 's9', 500_001));
  }

  async accept(user: string): Promise<string> {
    try {
      const operation = (draft: CallDraft) => rules.accept(draft, user, `s${user}`);
      const reply = await this.keeper.accept({ callId: CALL }, operation, user, `s${user}`);
      return 'through' in reply ? reply.through : `${reply.outcome} in memory`;
    } catch (error) {
      return error instanceof CallKept ? `kept by ${error.keeper}` : (error as Error).message.replace(/^Error: /, '');
    }
  }

  later(ms: number): void {
    this.nowMs += ms;
  }
}

function world(here = ['1', '2', '9'], there: string[] = []) {
  const store = new Store();
  const [keeper, other] = [new Backend(store, 'a', here), new Backend(store, 'b', there)] as const;
  const pass = (ms: number) => {
    store.nowMs += ms;
    keeper.later(ms);
    other.later(ms);
  };
  return { store, keeper, other, pass };
}

describe('a call that rings is kept by the backend of its caller', () => {
  test('with Redis, it decides as ever, and others hand on to it', async () => {
    const { store, keeper, other } = world();
    await keeper.ring();
    expect(store.call).toMatchObject({ state: 'ringing', keeper: 'a' });
    expect(await other.accept('2')).toBe('kept by a');
    expect(await keeper.accept('1')).toBe('done');
    expect(await keeper.accept('2')).toBe('taken');
    expect(store.call).toMatchObject({ state: 'accepted', answeredBy: '1', keeper: '' });
  });

  test('a caller who is somewhere else: nobody keeps it', async () => {
    const { store, keeper, other } = world(['1', '2']);
    await keeper.ring();
    expect(store.call.keeper).toBe('');
    expect(await other.accept('2')).toBe('done');
  });

  test('without Redis one is let in, the next is told so, and it is written before anything else is done', async () => {
    const { store, keeper, pass } = world();
    await keeper.ring();
    keeper.reach = 'down';
    pass(3_000);
    expect(await keeper.accept('1')).toBe('done in memory');
    expect(await keeper.accept('2')).toBe('taken in memory');
    expect(await keeper.accept('1')).toBe('done in memory');
    expect(keeper.told).toEqual(['1 has it']);
    expect(store.call.state).toBe('ringing');
    keeper.reach = 'up';
    pass(60_000);
    expect(await keeper.accept('2')).toBe('taken');
    expect(store.call).toMatchObject({ state: 'accepted', answeredBy: '1', acceptedMs: 1_003_000 });
  });

  test('it is written with the first tick, too', async () => {
    const { store, keeper } = world();
    await keeper.ring();
    keeper.reach = 'down';
    await keeper.accept('2');
    keeper.reach = 'up';
    await keeper.keeper.settle();
    expect(store.call).toMatchObject({ state: 'accepted', answeredBy: '2' });
  });

  test('two who ask at once are asked one after the other', async () => {
    const { keeper } = world();
    await keeper.ring();
    keeper.reach = 'down';
    expect(await Promise.all([keeper.accept('1'), keeper.accept('2')])).toEqual(['done in memory', 'taken in memory']);
  });
});

describe('in doubt it refuses', () => {
  test('somebody before has got the call through Redis, which is gone a moment later', async () => {
    const { store, keeper } = world();
    await keeper.ring();
    const both = Promise.all([keeper.accept('1'), keeper.accept('2')]);
    while (store.call.state !== 'accepted') await Promise.resolve();
    keeper.reach = 'down';
    expect((await both)[1]).toBe('no way to the store');
    expect(keeper.told).toEqual([]);
  });

  test('a write is under way of which nobody knows whether it is done', async () => {
    const { store, keeper } = world();
    await keeper.ring();
    keeper.reach = 'unanswered';
    expect(await keeper.accept('1')).toBe('no way to the store');
    keeper.reach = 'down';
    expect(await keeper.accept('2')).toBe('no way to the store');
    // it was done
    expect(store.call.answeredBy).toBe('1');
    keeper.reach = 'up';
    expect(await keeper.accept('2')).toBe('taken');
  });

  test('it was last heard too long ago', async () => {
    const { keeper, pass } = world();
    await keeper.ring();
    pass(9_000);
    await keeper.keeper.hold();
    keeper.reach = 'down';
    pass(9_999);
    expect(await keeper.accept('2')).toBe('done in memory');

    const late = world();
    await late.keeper.ring();
    late.keeper.reach = 'down';
    late.pass(10_000);
    expect(await late.keeper.accept('2')).toBe('no way to the store');
  });

  test('its first word may not have been written', async () => {
    const { keeper } = world();
    for (const user of ['1', '2'])
      await keeper.keeper.change({ callId: CALL }, (draft) => rules.on(draft, user, 7, `s${user}`));
    keeper.reach = 'unanswered';
    const offer = (draft: CallDraft) => rules.offer(draft, '9', 7, 's9', 500_001);
    await expect(keeper.keeper.change({ callId: CALL, candidates: 2 }, offer)).rejects.toThrow('no way');
    keeper.reach = 'down';
    expect(await keeper.accept('1')).toBe('no way to the store');
  });

  test.each([
    ['the caller is not here', ['9']],
    ['whoever accepts is not here', ['1']],
  ])('%s', async (_, gone) => {
    const here = ['1', '2', '9'];
    const { keeper } = world(here);
    await keeper.ring();
    for (const user of gone) here.splice(here.indexOf(user), 1);
    keeper.reach = 'down';
    expect(await keeper.accept('1')).toBe('no way to the store');
  });
});

describe('others take nothing over', () => {
  test('while the keeper says that it is there, and as long as they were without Redis themselves', async () => {
    const { store, keeper, other, pass } = world();
    await keeper.ring();
    keeper.reach = 'down';
    pass(19_999);
    expect(await other.accept('2')).toBe('kept by a');
    other.keeper.tickFailed();
    pass(9_999);
    expect(await other.accept('2')).toBe('kept by a');
    expect(store.call.state).toBe('ringing');
  });

  test('they end it, as lost, when it has been silent for twice as long, whatever it has decided', async () => {
    const { store, keeper, other, pass } = world();
    await keeper.ring();
    keeper.reach = 'down';
    expect(await keeper.accept('1')).toBe('done in memory');
    pass(20_000);
    expect(await other.accept('2')).toBe('gone');
    expect(store.call).toMatchObject({ state: 'lost', reason: 'keeper-lost', answeredBy: '' });
    keeper.reach = 'up';
    expect(await keeper.accept('1')).toBe('gone');
    expect(store.people.get('1')).toMatchObject({ state: 'available', last: `${CALL}|lost|keeper-lost` });
  });

  test('what has lapsed is not held again', async () => {
    const { store, keeper, pass } = world();
    await keeper.ring();
    pass(20_000);
    await keeper.keeper.hold();
    expect(store.call.keptUntilMs).toBeLessThanOrEqual(store.nowMs);
    keeper.reach = 'down';
    expect(await keeper.accept('1')).toBe('no way to the store');
  });
});

test('a draft made outside of the line of a call is made again inside', async () => {
  const { keeper } = world();
  await keeper.ring();
  // found by the person, not by the call
  const declined = await keeper.keeper.change({ callId: '', users: ['1'] }, (draft) => rules.decline(draft, '1'));
  expect(declined).toBe('done');
});
