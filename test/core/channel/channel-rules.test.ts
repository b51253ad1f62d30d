import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JoinRequest } from '../../../core/channel/admission.js';
import { ChannelDraft } from '../../../core/channel/channel-draft.js';
import { policy, RulesWorld } from './rules-world.js';

describe('channel rules', () => {
  it('moves three people to the SFU, queues the fourth meanwhile, and lets it in when all have arrived', () => {
    const world = new RulesWorld();
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
    const world = new RulesWorld();
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
    const world = new RulesWorld();
    world.join(1);
    const { version } = world.record;
    world.nowMs += 10;
    world.join(1);
    expect(world.record.version).toBeGreaterThan(version);
    expect(world.record.members.size).toBe(1);
  });

  it('lets one who is back in only under a newer version and epoch than it has seen', () => {
    const world = new RulesWorld();
    world.join(1);
    const known = world.record.epoch;
    const version = world.nowMs + 5_000;
    const request = { userId: '2', sessionId: '2.0', connection: 'b#2.0' };
    const join = (epoch: number) =>
      world.change(
        (context) => void world.rules.admission.join(context, { ...request, seen: { version: known, epoch } }),
      );
    join(known);
    expect(world.record).toMatchObject({ epoch: known }); // nothing is lost
    world.change((context) => world.rules.admission.leave(context, '2', '2.0'));
    world.change(
      (context) => void world.rules.admission.join(context, { ...request, seen: { version, epoch: version - 1 } }),
    );
    expect(world.record.version).toBeGreaterThan(version);
    expect(world.record.epoch).toBeGreaterThan(version);
  });

  it('believes no client that names a version of the far future, so that nobody else is pushed out of what heartbeats may name', () => {
    const far = 8_640_000_000_000_000; // the latest that a message may carry
    const world = new RulesWorld();
    const { admission } = world.rules;
    world.join(1);
    const { version, epoch } = world.record;
    const request = { userId: '2', sessionId: '2.0', connection: '1:b#2' };
    world.change((context) => void admission.join(context, { ...request, seen: { version: far, epoch: far } }));
    world.change((context) => void admission.reassert(context, request, far, far));
    expect(world.record.version).toBe(version + 1); // somebody has come
    expect(world.record.epoch).toBe(epoch);
    world.change((context) => void admission.reassert(context, request, 0, far));
    expect(world.record).toMatchObject({ version: version + 1, epoch });
    for (const user of ['1', '2']) world.change((context) => admission.leave(context, user, `${user}.0`));
    expect(world.record.goneVersion).toBeLessThan(world.nowMs + 1_000);
    // a Redis server whose clock is slow by minutes is no reason to doubt
    const ahead = world.nowMs + 600_000;
    world.change((context) => void admission.reassert(context, request, ahead, ahead));
    expect(world.record.version).toBeGreaterThan(ahead);
  });

  it('decides anew about a mode when a member has seen a newer decision, whatever the version', () => {
    const world = new RulesWorld();
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
  function leftBehind(): RulesWorld {
    const world = new RulesWorld({ ...policy, enableThreshold: 4, disableThreshold: 2, meshLimit: 4 });
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
    const world = new RulesWorld();
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
    const world = new RulesWorld();
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

  it('time-out and completion exclude each other', () => {
    const world = new RulesWorld();
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
    const world = new RulesWorld();
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
      const world = new RulesWorld();
      for (const user of [1, 2, 3]) world.join(user);
      return world;
    };
    const ask = (world: RulesWorld, request: JoinRequest) => {
      let outcome = '';
      world.change((context) => {
        outcome = world.rules.admission.join(context, request).outcome;
      });
      return outcome;
    };
    const since = (world: RulesWorld) => world.record.queue.find(({ userId }) => userId === '4')?.since;
    const waiting = (world: RulesWorld) => world.record.queue.map(({ sessionId }) => sessionId);

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

    it('so does one that is let in at once, because the store has lost the whole channel', () => {
      const world = busy();
      ask(world, old);
      const first = since(world);
      world.nowMs += 10;
      ask(world, young);
      const second = since(world);
      for (const wishes of [
        [old, young],
        [young, old],
      ]) {
        const empty = new RulesWorld();
        empty.nowMs = world.nowMs + 2_000;
        const outcomes = wishes.map((wish) => ask(empty, { ...wish, since: wish === old ? first : second }));
        expect(outcomes).toEqual(['joined', wishes[0] === old ? 'joined' : 'replaced']);
        expect(empty.record.members.get('4')?.sessionId).toBe('4.1');
      }
    });
  });

  it('moves a channel off a dead node, and to the mesh when no node is left', () => {
    const world = new RulesWorld();
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
        const world = new RulesWorld();
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
