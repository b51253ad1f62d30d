import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { missing } from '../support/real-redis.js';
import { answer, answers, type RedisTarget, realTarget, simulatedTarget } from './redis-target.js';

const without = missing('redis-server');

for (const { name, left, create } of [
  { name: 'simulated', left: '', create: simulatedTarget },
  { name: 'real redis-server', left: without, create: realTarget },
]) {
  describe.skipIf(left !== '')(`publish and subscribe: ${name}${left}`, () => {
    let target: RedisTarget;
    let heard: string[] = [];
    beforeAll(async () => {
      target = await create();
      target.subscriber.on('message', (channel, message) => heard.push(`${channel}=${message}`));
    });
    afterAll(() => target?.stop());
    beforeEach(() => {
      heard = [];
    });

    it('reaches nobody before somebody has subscribed', async () => {
      expect(await answer(target, target.client, ['PUBLISH', 'first', 'lost'])).toEqual({ value: 0 });
      expect(await target.settle(target.subscriber.subscribe('first', 'second'))).toBe(2);
      await target.advance(50);
      expect(heard).toEqual([]);
    });

    it('delivers in order to those who are subscribed', async () => {
      const sent = await answers(target, target.client, [
        ['PUBLISH', 'first', 'a'],
        ['PUBLISH', 'second', 'b'],
        ['PUBLISH', 'third', 'c'],
        ['PUBLISH', 'first', 'd'],
      ]);
      expect(sent).toEqual([{ value: 1 }, { value: 1 }, { value: 0 }, { value: 1 }]);
      await target.advance(50);
      expect(heard).toEqual(['first=a', 'second=b', 'first=d']);
    });

    it('hears the same channels after it has connected again, and says so', async () => {
      let ready = 0;
      target.subscriber.on('ready', () => ready++);
      target.subscriber.disconnect(true);
      await target.advance(500);
      expect(ready).toBe(1);
      expect(await answer(target, target.client, ['PUBLISH', 'first', 'again'])).toEqual({ value: 1 });
      await target.advance(50);
      expect(heard).toEqual(['first=again']);
    });

    it('counts the same channel once', async () => {
      expect(await target.settle(target.subscriber.subscribe('first'))).toBe(2);
      expect(await answer(target, target.client, ['PUBLISH', 'first', 'once'])).toEqual({ value: 1 });
      await target.advance(50);
      expect(heard).toEqual(['first=once']);
    });

    it('works from scripts and transactions, at the time of their execution', async () => {
      const source =
        "redis.call('SET', 'k', 1) local n = redis.call('PUBLISH', KEYS[1], 'from script') redis.call('GET', 'k', 'x') return n";
      expect(await answer(target, target.client, ['EVAL', source, 1, 'second'])).toHaveProperty('error');
      await answers(target, target.client, [['MULTI'], ['PUBLISH', 'second', 'queued'], ['DISCARD']]);
      await answers(target, target.client, [['MULTI'], ['PUBLISH', 'second', 'executed'], ['EXEC']]);
      await target.advance(50);
      expect(heard).toEqual(['second=from script', 'second=executed']);
    });
  });
}
