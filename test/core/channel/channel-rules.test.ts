import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JoinRequest } from '../../../core/channel/admission.js';
import { ChannelDraft } from '../../../core/channel/channel-draft.js';
import { type ChannelRecord, emptyChannel } from '../../../core/channel/channel-record.js';
import { ChannelRules, type Outcome, type RuleContext } from '../../../core/channel/channel-rules.js';
import { type Policy, PolicyProfiles } from '../../../core/policy.js';

const policy = PolicyProfiles.calls;

class World {
  record: ChannelRecord = emptyChannel(1);
  nowMs = 1_700_000_000_000;
  readonly dead = new Set<string>();
  readonly nodes = {
    alive: (node: string) => !this.dead.has(node),
    choose: (avoid: string | null) =>
      ['n1', 'n2']
        .filter((node) => !this.dead.has(node))
        .sort((a, b) => Number(a === avoid) - Number(b === avoid))[0] ?? null,
  };
  readonly rules: ChannelRules;
  lastDraft: ChannelDraft | null = null;

  constructor(own: Policy = policy) {
    this.rules = new ChannelRules(own, this.nodes);
  }

  change(operation: (context: RuleContext) => void): Outcome {
    const draft = new ChannelDraft(this.record, this.nowMs);
    const context: RuleContext = { draft, nowMs: this.nowMs, outcome: { work: [], measurements: [] } };
    operation(context);
    this.rules.settle(context);
    if (!draft.exists) {
      // versions may run ahead of the clock by one for each change within a millisecond; a change takes three round trips, so a channel
      // that is created again is created later than that
      this.nowMs = Math.max(this.nowMs, this.record.version);
      this.record = emptyChannel(1);
    }
    this.lastDraft = draft;
    return context.outcome;
  }

  join(user: number, tab = 0): void {
    this.change(
      (context) =>
        void this.rules.admission.join(context, {
          userId: String(user),
          sessionId: `${user}.${tab}`,
          connection: `b#${user}.${tab}`,
        }),
    );
  }

  /** Everything that would answer in time answers: rooms start, members acknowledge, rooms see everybody. */
  finish(): void {
    for (let round = 0; round < 6 && this.record.migration; round++) {
      const { migration } = this.record;
      if (migration.state === 'preparing')
        this.change((context) => this.rules.migrations.targetStarted(context, migration.epoch, null));
      else if (migration.state === 'verifying')
        this.change((context) =>
          this.rules.migrations.targetSeen(context, migration.epoch, [...this.record.members.keys()]),
        );
      else
        for (const member of [...this.record.members.values()])
          this.change((context) =>
            this.rules.migrations.ready(context, member.userId, member.sessionId, migration.epoch),
          );
    }
  }
}

describe('channel rules', () => {
  it('moves three people to the SFU, queues the fourth meanwhile, and lets it in when all have arrived', () => {
    const world = new World();
    for (const user of [1, 2, 3]) world.join(user);
    expect(world.record.migration).toMatchObject({ to: 'sfu', state: 'preparing' });
    world.join(4);
    expect(world.record.queue.map(({ userId }) => userId)).toEqual(['4']);
    expect(world.record.members.size).toBe(3);
    world.finish();
    expect(world.record).toMatchObject({ mode: 'sfu', migration: null, queue: [] });
    expect([...world.record.members.keys()]).toEqual(['1', '2', '3', '4']);
    expect(world.record.sfu?.node).toBe('n1');
  });

  it('goes back only when the count has been low for the hold time', () => {
    const world = new World();
    for (const user of [1, 2, 3]) world.join(user);
    world.finish();
    world.change((context) => world.rules.admission.leave(context, '3', '3.0'));
    expect(world.record.migration).toBeNull();
    expect(world.record.dueMs).toBe(world.nowMs + policy.disableHoldMs);
    world.nowMs += policy.disableHoldMs;
    world.change(() => undefined);
    expect(world.record.migration).toMatchObject({ to: 'p2p', state: 'migrating' });
  });

  it('answers a join of one who is a member already with a newer version than any it has seen', () => {
    // left and back, and in between the store has lost the leave
    const world = new World();
    world.join(1);
    const { version } = world.record;
    world.nowMs += 10;
    world.join(1);
    expect(world.record.version).toBeGreaterThan(version);
    expect(world.record.members.size).toBe(1);
  });

  it('decides anew about a mode when a member has seen a newer decision, whatever the version', () => {
    const world = new World();
    world.join(1);
    const seen = world.record.epoch + 100;
    world.nowMs += 1_000;
    world.join(2); // written after the loss, before anybody noticed it
    expect(world.record.version).toBeGreaterThan(seen);
    const request = { userId: '1', sessionId: '1.0', connection: '1:b#1' };
    world.change((context) => void world.rules.admission.reassert(context, request, seen, seen));
    expect(world.record.epoch).toBeGreaterThan(seen);
    expect(world.record.epoch).toBe(world.record.version);
  });

  /** A full mesh of four in which the fourth cannot follow, for the third time, and the time is over. */
  function leftBehind(): World {
    const world = new World({ ...policy, enableThreshold: 4, disableThreshold: 2, meshLimit: 4 });
    world.record.failures = 2;
    for (const user of [1, 2, 3, 4]) world.join(user);
    const { epoch } = world.record.migration!;
    world.change((context) => world.rules.migrations.targetStarted(context, epoch, null));
    for (const user of [1, 2, 3]) {
      const { epoch: invited } = world.record.migration!;
      world.change((context) => world.rules.migrations.ready(context, String(user), `${user}.0`, invited));
    }
    expect(world.record.migration).toMatchObject({ state: 'migrating' });
    world.nowMs += policy.migrationTimeoutMs;
    world.change(() => {});
    expect(world.record.migration).toMatchObject({ state: 'verifying', behind: new Set(['4.0']) });
    return world;
  }

  it('a full mesh goes on without one who could not follow twice', () => {
    const world = leftBehind();
    const { epoch } = world.record.migration!;
    world.change((context) => world.rules.migrations.targetSeen(context, epoch, ['1', '2', '3']));
    expect(world.record.mode).toBe('sfu');
  });

  it('leaves nobody behind when the mesh has room again before the change', () => {
    const world = leftBehind();
    const { epoch } = world.record.migration!;
    world.change((context) => world.rules.admission.leave(context, '3', '3.0'));
    world.change((context) => world.rules.migrations.targetSeen(context, epoch, ['1', '2']));
    expect(world.record.mode).toBe('p2p');
    world.nowMs += policy.settleTimeoutMs;
    world.change(() => {});
    expect(world.record.migration?.state ?? 'over').not.toMatch(/migrating|verifying/);
  });

  it('does not wait for ever while the same person comes back as somebody new again and again', () => {
    const world = leftBehind();
    const states: string[] = [];
    for (let tab = 1; tab < 10 && world.record.migration !== null; tab++) {
      world.join(4, tab);
      world.nowMs += policy.settleTimeoutMs;
      world.change(() => {});
      states.push(world.record.migration?.state ?? 'over');
    }
    expect(states[0]).toBe('rollingBack');
  });

  it('takes another node when that of the target takes no more rooms, before anybody is invited', () => {
    const world = new World();
    for (const user of [1, 2, 3]) world.join(user);
    const { epoch, target } = world.record.migration!;
    expect(target).toMatchObject({ node: 'n1' });
    const { work } = world.change((context) => void world.rules.migrations.targetRefused(context, epoch, target!));
    const other = { ...target, node: 'n2' };
    expect(world.record.migration).toMatchObject({ state: 'preparing', epoch, target: other });
    expect(work).toMatchObject([{ kind: 'start-target', room: other }]);
    // it may become the target again
    expect(world.lastDraft!.retired).toEqual([]);
    world.dead.add('n1');
    let taken = true;
    world.change((context) => {
      taken = world.rules.migrations.targetRefused(context, epoch, world.record.migration!.target!);
    });
    expect(taken).toBe(false);
    world.finish();
    expect(world.record).toMatchObject({ mode: 'sfu', sfu: other });
  });

  it('rolls everybody back when one client fails, and waits before it tries again', () => {
    const world = new World();
    for (const user of [1, 2, 3]) world.join(user);
    const epoch = world.record.migration!.epoch;
    world.change((context) => world.rules.migrations.targetStarted(context, epoch, null));
    world.nowMs += 10;
    world.change((context) => world.rules.migrations.failed(context, '2', '2.0', epoch, 'no way'));
    expect(world.record.migration).toMatchObject({ state: 'rollingBack' });
    expect(world.record.migration!.epoch).toBeGreaterThan(epoch);
    expect(world.lastDraft!.retired).toHaveLength(0); // for some it may be the only path that works until all are back
    world.finish();
    expect(world.lastDraft!.retired).toHaveLength(1);
    expect(world.record).toMatchObject({
      mode: 'p2p',
      migration: null,
      failures: 1,
      retryAtMs: world.nowMs + policy.retryMs,
    });
    world.nowMs = world.record.retryAtMs;
    world.change(() => undefined);
    expect(world.record.migration).toMatchObject({ to: 'sfu' });
  });

  describe('members who can never follow to the SFU', () => {
    /** Ends the present attempt: those in `able` are ready, the others say that they have failed, or nothing. Waits for the next attempt. */
    function attempt(world: World, able: (user: number) => boolean, failing: 'say-so' | 'silent'): void {
      const { migrations } = world.rules;
      const { epoch } = world.record.migration!;
      world.change((context) => migrations.targetStarted(context, epoch, null));
      const members = [...world.record.members.values()];
      for (const { userId, sessionId } of members)
        if (able(Number(userId))) world.change((context) => migrations.ready(context, userId, sessionId, epoch));
      for (const { userId, sessionId } of members)
        if (!able(Number(userId)) && failing === 'say-so')
          world.change((context) => migrations.failed(context, userId, sessionId, epoch, 'sfu-unreachable'));
      if (world.record.migration?.state === 'migrating') {
        world.nowMs = world.record.migration.deadlineMs;
        world.change(() => undefined);
      }
      if (world.record.migration?.state === 'rollingBack') {
        world.finish();
        world.nowMs = world.record.retryAtMs;
        world.change(() => undefined);
      }
    }

    function channel(size: number): World {
      const world = new World();
      for (let user = 1; user <= size; user++) world.join(user);
      while (world.record.queue.length > 0) attempt(world, () => false, 'say-so');
      world.record.failures = 0;
      expect(world.record).toMatchObject({ mode: 'p2p', migration: { to: 'sfu' } });
      expect(world.record.members.size).toBe(size);
      return world;
    }

    it.each(['say-so', 'silent'] as const)(
      'are waited for twice when the mesh is full, and left behind then: %s',
      (failing) => {
        const world = channel(policy.meshLimit);
        const able = (user: number) => user > 2;
        attempt(world, able, failing);
        attempt(world, able, failing);
        expect(world.record).toMatchObject({ mode: 'p2p', failures: 2 });
        attempt(world, able, failing);
        expect(world.record.migration).toMatchObject({ state: 'verifying' });
        const { epoch } = world.record.migration!;
        // those who are left behind are still members, and need not be seen in the room
        const others = [...world.record.members.keys()].filter((userId) => able(Number(userId)));
        world.change((context) => world.rules.migrations.targetSeen(context, epoch, others));
        expect(world.record).toMatchObject({ mode: 'sfu', failures: 0 });
        expect(world.record.members.size).toBe(policy.meshLimit);
        for (const userId of others)
          world.change((context) =>
            world.rules.migrations.ready(context, userId, `${userId}.0`, world.record.migration!.epoch),
          );
        expect(world.record.migration).toBe(null);
        world.join(policy.meshLimit + 1);
        expect(world.record.members.size).toBe(policy.meshLimit + 1);
      },
    );

    it('are waited for as long as the mesh has room for others', () => {
      const world = channel(policy.meshLimit - 1);
      for (let round = 0; round < 6; round++) attempt(world, (user) => user > 1, 'say-so');
      expect(world.record).toMatchObject({ mode: 'p2p', failures: 6 });
    });

    it('are waited for when they are more than a quarter', () => {
      const world = channel(policy.meshLimit);
      for (let round = 0; round < 6; round++) attempt(world, (user) => user > 3, round % 2 === 0 ? 'say-so' : 'silent');
      expect(world.record).toMatchObject({ mode: 'p2p', failures: 6 });
    });

    it('are waited for on the way back to a mesh, which needs everybody', () => {
      const world = channel(policy.meshLimit);
      world.finish();
      expect(world.record.mode).toBe('sfu');
      world.record.forcedMesh = true;
      world.record.failures = 5;
      world.change(() => undefined);
      expect(world.record.migration).toMatchObject({ to: 'p2p', state: 'migrating' });
      attempt(world, (user) => user > 1, 'silent');
      expect(world.record.mode).toBe('sfu');
    });

    it('are written down, and read again', () => {
      const world = channel(policy.meshLimit);
      for (let round = 0; round < 3; round++) attempt(world, (user) => user > 1, 'silent');
      const commands = world.lastDraft!.commands(0);
      expect(commands).toContainEqual(['HSET', 'migration:1', 'behind', '1.0']);
    });
  });

  it('time-out and completion exclude each other', () => {
    const world = new World();
    for (const user of [1, 2, 3]) world.join(user);
    const epoch = world.record.migration!.epoch;
    world.change((context) => world.rules.migrations.targetStarted(context, epoch, null));
    world.nowMs = world.record.migration!.deadlineMs;
    for (const user of [1, 2, 3])
      world.change((context) => world.rules.migrations.ready(context, String(user), `${user}.0`, epoch));
    expect(world.record.migration!.state).toBe('rollingBack');
    world.change((context) => world.rules.migrations.targetSeen(context, epoch, ['1', '2', '3']));
    expect(world.record.mode).toBe('p2p');
  });

  it('counts an acknowledgement once, of members only, and of this epoch only', () => {
    const world = new World();
    for (const user of [1, 2, 3]) world.join(user);
    const epoch = world.record.migration!.epoch;
    world.change((context) => world.rules.migrations.targetStarted(context, epoch, null));
    for (let i = 0; i < 5; i++) world.change((context) => world.rules.migrations.ready(context, '1', '1.0', epoch));
    world.change((context) => world.rules.migrations.ready(context, '9', '9.0', epoch));
    world.change((context) => world.rules.migrations.ready(context, '2', '2.0', epoch - 1));
    world.change((context) => world.rules.migrations.ready(context, '3', '3.1', epoch));
    expect([...world.record.migration!.acks]).toEqual(['1.0']);
  });

  describe('two tabs of one who waits', () => {
    const old = { userId: '4', sessionId: '4.0', connection: 'b#4.0' };
    const young = { userId: '4', sessionId: '4.1', connection: 'b#4.1' };
    const busy = () => {
      const world = new World();
      for (const user of [1, 2, 3]) world.join(user);
      return world;
    };
    const ask = (world: World, request: JoinRequest) => {
      let outcome = '';
      world.change((context) => {
        outcome = world.rules.admission.join(context, request).outcome;
      });
      return outcome;
    };
    const since = (world: World) => world.record.queue.find(({ userId }) => userId === '4')?.since;
    const waiting = (world: World) => world.record.queue.map(({ sessionId }) => sessionId);

    it('an old wish that is said again replaces no newer one, in the same millisecond either', () => {
      const world = busy();
      ask(world, old);
      const first = since(world);
      expect(ask(world, young)).toBe('queued');
      expect(since(world)).toBeGreaterThan(first!);
      expect(ask(world, { ...old, since: first })).toBe('replaced');
      expect(ask(world, { ...young, since: since(world) })).toBe('queued');
      expect(waiting(world)).toEqual(['4.1']);
      // a new wish of the old tab is the newest
      expect(ask(world, old)).toBe('queued');
      expect(waiting(world)).toEqual(['4.0']);
    });

    it('the newer one is recovered when the store has lost it, whichever is said again first', () => {
      const world = busy();
      ask(world, old);
      const first = since(world);
      const asItWas = structuredClone(world.record);
      ask(world, young);
      const second = since(world);
      world.record = structuredClone(asItWas);
      expect(ask(world, { ...young, since: second })).toBe('queued');
      expect(ask(world, { ...old, since: first })).toBe('replaced');
      expect(waiting(world)).toEqual(['4.1']);
      world.record = structuredClone(asItWas);
      world.record.queue = [];
      expect(ask(world, { ...old, since: first })).toBe('queued');
      expect(ask(world, { ...young, since: second })).toBe('queued');
      expect(waiting(world)).toEqual(['4.1']);
    });

    it('an old one that was let in by a store that had lost the newer one gives way to it, and not the other way round', () => {
      const world = busy();
      ask(world, old);
      const first = since(world);
      world.nowMs += 10;
      ask(world, young);
      const second = since(world);
      world.record.queue = [{ ...old, lostAtMs: 0, since: first }];
      world.finish();
      expect(world.record.members.get('4')).toMatchObject({ sessionId: '4.0', since: first });
      expect(ask(world, { ...young, since: second })).toBe('joined');
      expect(ask(world, { ...old, since: first })).toBe('replaced');
      expect(world.record.members.get('4')?.sessionId).toBe('4.1');
    });
  });

  it('moves a channel off a dead node, and to the mesh when no node is left', () => {
    const world = new World();
    for (const user of [1, 2, 3]) world.join(user);
    world.finish();
    world.dead.add('n1');
    world.change(() => undefined);
    expect(world.record.migration).toMatchObject({ to: 'sfu', target: { node: 'n2' } });
    world.finish();
    expect(world.record.sfu?.node).toBe('n2');
    world.dead.add('n2');
    world.change(() => undefined);
    expect(world.record).toMatchObject({ degraded: true, migration: { to: 'p2p' } });
  });

  it('whatever happens, in whatever order: settles, loses no join, lets nobody in twice, and ends where the policy wants', () => {
    const user = fc.integer({ min: 1, max: 12 });
    const command = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ do: fc.constant('join' as const), user, tab: fc.integer({ min: 0, max: 1 }) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ do: fc.constant('leave' as const), user, tab: fc.integer({ min: 0, max: 1 }) }),
      },
      { weight: 5, arbitrary: fc.record({ do: fc.constant('ready' as const), user, tab: fc.constant(0) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constantFrom('fail' as const, 'lose' as const, 'reassert' as const),
          user,
          tab: fc.constant(0),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constantFrom(
            'started' as const,
            'refused' as const,
            'seen' as const,
            'wait' as const,
            'waitLong' as const,
            'nodeDies' as const,
            'nodeBack' as const,
          ),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const world = new World();
        const wanted = new Map<string, string>();
        let version = 0;
        for (const step of commands) {
          const epoch = world.record.migration?.epoch ?? 0;
          const { admission, migrations } = world.rules;
          const id = 'user' in step ? String(step.user) : '';
          const session = 'user' in step ? `${id}.${step.tab}` : '';
          const request = { userId: id, sessionId: session, connection: `b#${session}` };
          switch (step.do) {
            case 'join': {
              let outcome = '';
              world.change((context) => {
                outcome = admission.join(context, request).outcome;
              });
              if (outcome !== 'full') wanted.set(id, session);
              break;
            }
            case 'leave':
              if (wanted.get(id) === session) wanted.delete(id);
              world.change((context) => admission.leave(context, id, session));
              break;
            case 'ready':
              world.change((context) => migrations.ready(context, id, session, epoch));
              break;
            case 'fail':
              world.change((context) => migrations.failed(context, id, session, epoch, 'x'));
              break;
            case 'lose':
              wanted.delete(id);
              world.change((context) =>
                admission.connectionLost(context, (connection) => connection.startsWith(`b#${id}.`)),
              );
              break;
            case 'reassert':
              if (wanted.get(id) === session)
                world.change((context) => void admission.reassert(context, request, version + 5));
              break;
            case 'started':
            case 'refused':
              world.change((context) =>
                migrations.targetStarted(context, epoch, step.do === 'started' ? null : 'full'),
              );
              break;
            case 'seen':
              world.change((context) => migrations.targetSeen(context, epoch, [...world.record.members.keys()]));
              break;
            case 'wait':
            case 'waitLong':
              world.nowMs += step.do === 'wait' ? 1_000 : 31_000;
              world.change(() => undefined);
              break;
            case 'nodeDies':
            case 'nodeBack':
              if (step.do === 'nodeDies') world.dead.add('n1');
              else world.dead.delete('n1');
              world.change(() => undefined);
          }
          const { members, queue } = world.record;
          for (const waiting of queue) expect(members.has(waiting.userId)).toBe(false);
          expect(new Set(queue.map(({ userId }) => userId)).size).toBe(queue.length);
          for (const [userId, sessionId] of wanted) {
            const found =
              members.get(userId)?.sessionId ?? queue.find((waiting) => waiting.userId === userId)?.sessionId;
            expect(found, `join of user ${userId}`).toBe(sessionId);
          }
          if (world.record.version > 0) {
            expect(world.record.version).toBeGreaterThanOrEqual(version);
            version = world.record.version;
          }
          // settled is settled
          const again = new ChannelDraft(world.record, world.nowMs);
          world.rules.settle({ draft: again, nowMs: world.nowMs, outcome: { work: [], measurements: [] } });
          expect(again.changed).toBe(false);
        }
        // everything that can answer answers, and time passes: the channel ends where the policy wants it
        for (let round = 0; round < 40; round++) {
          world.finish();
          world.nowMs += 5_000;
          world.change(() => undefined);
        }
        const { members, mode, migration, queue } = world.record;
        expect(migration).toBeNull();
        if (members.size >= policy.enableThreshold) expect(mode).toBe('sfu');
        if (members.size <= policy.disableThreshold) expect(mode).toBe('p2p');
        expect(queue).toEqual([]);
        expect([...members.keys()].sort()).toEqual([...wanted.keys()].sort());
      }),
      { numRuns: 300 },
    );
  });
});
