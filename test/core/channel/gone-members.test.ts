import { describe, expect, it } from 'vitest';
import { policy, RulesWorld } from './rules-world.js';

describe('channel rules: a member whose connection is lost while the new room is verified', () => {
  /** Three people who have all said that the SFU's room works for them. */
  function verifying(): { world: RulesWorld; epoch: number; lose(user: number): void; seen(...users: number[]): void } {
    const world = new RulesWorld();
    const { admission, migrations } = world.rules;
    for (const user of [1, 2, 3]) world.join(user);
    const { epoch } = world.record.migration!;
    world.change((context) => migrations.targetStarted(context, epoch, null));
    for (const user of [1, 2, 3])
      world.change((context) => migrations.ready(context, String(user), `${user}.0`, epoch));
    expect(world.record.migration).toMatchObject({ state: 'verifying' });
    return {
      world,
      epoch,
      lose: (user) =>
        void world.change((context) => admission.connectionLost(context, (connection) => connection === `b#${user}.0`)),
      seen: (...users) => void world.change((context) => migrations.targetSeen(context, epoch, users.map(String))),
    };
  }

  it('is not waited for where the room does not see it either', () => {
    const { world, lose, seen } = verifying();
    lose(3);
    seen(1, 2);
    expect(world.record).toMatchObject({ mode: 'sfu', migration: { state: 'completed' } });
    expect([...world.record.members.keys()]).toEqual(['1', '2', '3']);
  });

  it('is waited for while it is connected', () => {
    const { world, seen } = verifying();
    seen(1, 2);
    expect(world.record).toMatchObject({ mode: 'p2p', migration: { state: 'verifying' } });
  });

  it('is waited for again when it is back, until the room sees it', () => {
    const { world, lose, seen } = verifying();
    lose(3);
    const request = { userId: '3', sessionId: '3.0', connection: '2:b#3.0' };
    world.change((context) => void world.rules.admission.reassert(context, request, 0));
    seen(1, 2);
    expect(world.record.mode).toBe('p2p');
    seen(1, 2, 3);
    expect(world.record.mode).toBe('sfu');
  });

  it('comes back to the mode of now, and what it plays is kept for it meanwhile', () => {
    const { world, lose, seen } = verifying();
    lose(3);
    seen(1, 2);
    const { epoch } = world.record.migration!;
    const played = (user: number) =>
      void world.change((context) => world.rules.migrations.ready(context, String(user), `${user}.0`, epoch));
    played(1);
    played(2);
    expect(world.record.migration).toMatchObject({ state: 'completed' });
    const request = { userId: '3', sessionId: '3.0', connection: '2:b#3.0' };
    world.change((context) => void world.rules.admission.reassert(context, request, 0));
    expect(world.record.members.get('3')).toMatchObject({ lostAtMs: 0 });
    played(3);
    expect(world.record).toMatchObject({ mode: 'sfu', migration: null });
  });

  it('is nobody to go on without where the room sees nobody: it may not have answered', () => {
    const { world, lose, seen } = verifying();
    for (const user of [1, 2, 3]) lose(user);
    seen();
    expect(world.record).toMatchObject({ mode: 'p2p', migration: { state: 'verifying' } });
    world.nowMs += policy.migrationTimeoutMs;
    world.change(() => undefined);
    expect(world.record.mode).toBe('p2p');
  });
});

describe('channel rules: a member whose connection is lost before it has acknowledged', () => {
  /** Two of three are ready for the other mode, the third is lost ten seconds later: its grace time is longer than the migration's. */
  function oneMissing(to: 'p2p' | 'sfu'): { world: RulesWorld; say(user: number): void } {
    const world = new RulesWorld({ ...policy, disableThreshold: 1 });
    const { admission, migrations } = world.rules;
    for (const user of [1, 2, 3]) world.join(user);
    if (to === 'p2p') {
      world.finish();
      world.record.forcedMesh = true;
      world.change(() => undefined);
    }
    const { epoch } = world.record.migration!;
    if (to === 'sfu') world.change((context) => migrations.targetStarted(context, epoch, null));
    const say = (user: number) =>
      void world.change((context) => migrations.ready(context, String(user), `${user}.0`, epoch));
    say(1);
    say(2);
    world.nowMs += 10_000;
    world.change((context) => admission.connectionLost(context, (name) => name === 'b#3.0'));
    expect(world.record.migration).toMatchObject({ to, state: 'migrating' });
    return { world, say };
  }
  const back = { userId: '3', sessionId: '3.0', connection: '2:b#3.0' };

  it.each(['sfu', 'p2p'] as const)('sends nobody back on the way to %s: its grace time ends first', (to) => {
    const { world } = oneMissing(to);
    const { lostAtMs } = world.record.members.get('3')!;
    const before = world.record.mode;
    for (const from of [world.record.migration!.deadlineMs, lostAtMs + policy.sessionGraceMs - 1]) {
      world.nowMs = from;
      world.change(() => undefined);
      expect(world.record).toMatchObject({ mode: before, migration: { state: 'migrating' } });
    }
    expect(world.record.dueMs).toBe(lostAtMs + policy.sessionGraceMs);
    world.nowMs = world.record.dueMs;
    world.change(() => undefined);
    expect(world.record.members.size).toBe(2);
    if (to === 'sfu') {
      expect(world.record.migration).toMatchObject({ state: 'verifying' });
      world.finish();
    }
    expect(world.record.mode).toBe(to);
  });

  it('takes its part when it comes back in its grace time', () => {
    const { world, say } = oneMissing('p2p');
    world.nowMs = world.record.migration!.deadlineMs;
    world.change(() => undefined);
    world.nowMs += 1_000;
    world.change((context) => void world.rules.admission.reassert(context, back, 0));
    expect(world.record.migration).toMatchObject({ state: 'migrating' });
    say(3);
    expect(world.record.mode).toBe('p2p');
  });

  it('is not waited for any longer when it is back before the time is over, and has not followed', () => {
    const { world } = oneMissing('p2p');
    world.nowMs = world.record.migration!.deadlineMs;
    world.change((context) => void world.rules.admission.reassert(context, back, 0));
    expect(world.record.migration).toMatchObject({ state: 'rollingBack' });
  });

  it('prolongs a migration by one grace time at most, however often it is lost', () => {
    const { world } = oneMissing('sfu');
    const { startedAtMs } = world.record.migration!;
    for (let round = 0; round < 100 && world.record.migration?.state === 'migrating'; round++) {
      world.nowMs += 1_000;
      const connection = `${round + 2}:b#3.0`;
      world.change((context) => void world.rules.admission.reassert(context, { ...back, connection }, 0));
      world.change((context) => world.rules.admission.connectionLost(context, (name) => name === connection));
    }
    expect(world.record.migration).toMatchObject({ state: 'rollingBack' });
    expect(world.nowMs - startedAtMs).toBeLessThanOrEqual(
      policy.migrationTimeoutMs + policy.sessionGraceMs + policy.workLeaseMs,
    );
  });

  it('does not keep those who are not there from going back', () => {
    const { world } = oneMissing('sfu');
    world.change((context) => world.rules.admission.connectionLost(context, () => true));
    world.nowMs = world.record.migration!.deadlineMs;
    world.change(() => undefined);
    expect(world.record.migration).toMatchObject({ state: 'rollingBack' });
  });
});
