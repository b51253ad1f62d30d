import { describe, expect, it } from 'vitest';
import { policy, RulesWorld } from './rules-world.js';

describe('channel rules: members who can never follow to the SFU', () => {
  /** Ends the present attempt: those in `able` are ready, the others say that they have failed, or nothing. Waits for the next attempt. */
  function attempt(world: RulesWorld, able: (user: number) => boolean, failing: 'say-so' | 'silent'): void {
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

  function channel(size: number): RulesWorld {
    const world = new RulesWorld();
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
