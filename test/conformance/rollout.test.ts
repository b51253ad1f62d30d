import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelDesk } from '../../core/channel/channel-desk.js';
import { keys } from '../../core/keys.js';
import { RolloutController } from '../../core/rollout/rollout-controller.js';
import { defaultRolloutPlan } from '../../core/rollout/rollout-plan.js';
import { RolloutSampler } from '../../core/rollout/rollout-sampler.js';
import { figuresOf } from '../../core/rollout/rollout-samples.js';
import { RolloutStore } from '../../core/rollout/rollout-store.js';
import { census } from '../../core/store/census.js';
import { missing } from '../support/real-redis.js';
import { answer, type RedisTarget, realTarget, simulatedTarget } from './redis-target.js';

const without = missing('redis-server');

for (const { name, left, create } of [
  { name: 'simulated', left: '', create: simulatedTarget },
  { name: 'real redis-server', left: without, create: realTarget },
]) {
  describe.skipIf(left !== '')(`rollout and census: ${name}${left}`, () => {
    let target: RedisTarget;
    let store: RolloutStore;
    const attended: number[] = [];
    const plan = {
      ...defaultRolloutPlan,
      startAfterMs: 1_000,
      stages: defaultRolloutPlan.stages
        .slice(0, 2)
        .map((stage) => ({ ...stage, minMs: 10_000, minMigrations: 4, confidence: 0 })),
    };
    const controller = () =>
      new RolloutController({
        redis: target.client,
        store,
        plan,
        desk: { attend: (id: number) => Promise.resolve(void attended.push(id)) } as unknown as ChannelDesk,
        metrics: { count: () => undefined, observe: () => undefined },
        log: { write: () => undefined },
      });
    const run = (...words: [string, ...string[]]) => answer(target, target.client, words);
    const state = () => target.settle(store.read());

    beforeAll(async () => {
      target = await create();
      store = new RolloutStore(target.client);
    });
    afterAll(() => target?.stop());

    /** What a backend sees of so many migrations to the SFU. */
    async function migrations(completed: number, failed: number): Promise<void> {
      const sampler = new RolloutSampler(store);
      const metrics = sampler.watching({ count: () => undefined, observe: () => undefined });
      metrics.count('voice_migrations_completed_total', { to: 'sfu' }, completed);
      metrics.count('voice_migrations_failed_total', { to: 'sfu', reason: 'timeout' }, failed);
      metrics.count('voice_migrations_failed_total', { to: 'sfu', reason: 'abandoned' }, 50);
      await target.settle(sampler.flush());
    }

    it('counts channels and people by mode', async () => {
      await run('HSET', keys.state(7), 'mode', 'sfu', 'count', '9', 'migrationInProgress', '1');
      await run('HSET', keys.state(8), 'mode', 'p2p', 'count', '2', 'migrationInProgress', '0');
      await run('ZADD', keys.changed, '1', '7', '2', '8', '3', '9');
      expect(await target.settle(census(target.client))).toEqual({
        channels: { p2p: 1, sfu: 1 },
        participants: { p2p: 2, sfu: 9 },
        migrating: 1,
      });
    });

    it('goes from stage to stage, whoever asks, and looks at every channel after each step', async () => {
      await migrations(1, 0);
      await target.settle(controller().care(0));
      expect(await state()).toMatchObject({ status: 'waiting', ppm: 0 });
      await target.settle(controller().care(1_000));
      expect(await state()).toMatchObject({ status: 'running', stage: 0, ppm: 1_000, sinceMs: 1_000 });
      expect(attended.slice(-3)).toEqual([7, 8, 9]);
      await target.settle(controller().care(11_000));
      expect(await state()).toMatchObject({ stage: 0 });
      await migrations(4, 0);
      await target.settle(controller().care(11_000));
      expect(await state()).toMatchObject({ status: 'running', stage: 1, ppm: 50_000 });
    });

    it('decides once when two decide at the same time', async () => {
      const before = await state();
      const [one, other] = [controller(), controller()];
      await migrations(100, 0);
      await target.settle(Promise.all([one.care(22_000), other.care(22_000)]));
      expect(await state()).toMatchObject({ status: 'complete', epoch: (before?.epoch ?? 0) + 1 });
    });

    it('goes back, and stays there when the store forgets it', async () => {
      const caretaker = controller();
      await migrations(17, 3);
      const epoch = (await state())?.epoch ?? 0;
      expect(figuresOf(await target.settle(store.samples(epoch)))).toMatchObject({ migrations: 20, failures: 0.15 });
      await target.settle(caretaker.care(23_000));
      expect(await state()).toMatchObject({ status: 'rolled-back', ppm: 0, reason: 'migration failures 15.00 %' });
      await run('HSET', keys.rollout, 'epoch', String(epoch), 'status', 'running', 'ppm', '50000');
      await target.settle(caretaker.care(24_000));
      expect(await state()).toMatchObject({ status: 'rolled-back', ppm: 0 });
      await run('DEL', keys.rollout);
      await target.settle(caretaker.care(25_000));
      expect(await state()).toMatchObject({ status: 'rolled-back', ppm: 0 });
    });

    it('writes down what it decided, and on what', async () => {
      const lines = ((await run('LRANGE', keys.rolloutLog, '0', '-1')) as { value: string[] }).value;
      const decisions = lines.map((line) => JSON.parse(line) as { status: string; figures: { migrations?: number } });
      expect(decisions.map(({ status }) => status).slice(0, 5)).toEqual([
        'waiting',
        'running',
        'running',
        'complete',
        'rolled-back',
      ]);
      expect(decisions[4]?.figures.migrations).toBe(20);
    });
  });
}
