import { collaborators, type Oracle, oracles, workloadArbitrary } from 'deadair';
import { hunt } from 'deadair/vitest';
import { expect, test } from 'vitest';

/** Our own lock. It looks whether the lock is free, and then takes it. */
class OurLock extends collaborators.ChannelLock {
  protected override async take(channelId: number, token: string): Promise<unknown> {
    const key = `lock:channel:${channelId}`;
    if ((await this.redis.call('GET', key)) !== null) return null;
    return this.redis.call('SET', key, token, 'PX', this.policy.lockTtlMs);
  }
}

/** Our own idea of what must never happen. */
const smallMeshes: Oracle = {
  id: 'small-meshes',
  kind: 'safety',
  claim: 'nobody is in a mesh with more than five others once everything is quiet',
  whenQuiet: (evidence) =>
    [...evidence.sessions()]
      .filter(({ controller }) => controller.mode === 'p2p' && controller.roster.length > 6)
      .map(({ userId }) => ({ message: `user ${userId} is in a mesh that is too large`, subjects: [userId] })),
};

test('the core is right, by our own measure too', () => hunt({ oracles: [...oracles, smallMeshes], schedules: 40 }));

test('our lock is not', async () => {
  const race = hunt({ collaborators: { ChannelLock: OurLock }, schedules: 400 });
  await expect(race).rejects.toThrow(/gets the lock of channel \d+ while backend-\d holds it/);
});

test('not even three people without any fault can share it: what they do is drawn, and shrunk, by fast-check', async () => {
  const workload = workloadArbitrary({ usersMax: 3, faultsMax: 0 }).filter(({ script }) => script.length > 3);
  const race = hunt({ workload, collaborators: { ChannelLock: OurLock }, schedules: 400 });
  await expect(race).rejects.toThrow(/the lock of channel \d+/);
});
