import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelRecord } from '../../core/channel/channel-record.js';
import { keys } from '../../core/keys.js';
import { CallQuality } from '../../core/store/call-quality.js';
import { missing } from '../support/real-redis.js';
import { answer, type RedisTarget, realTarget, simulatedTarget } from './redis-target.js';

const without = missing('redis-server');

for (const { name, left, create } of [
  { name: 'simulated', left: '', create: simulatedTarget },
  { name: 'real redis-server', left: without, create: realTarget },
]) {
  describe.skipIf(left !== '')(`quality in the record of a call: ${name}${left}`, () => {
    let target: RedisTarget;
    const run = (...words: [string, ...string[]]) => answer(target, target.client, words);
    const channel = (channelId: number, born: number) =>
      ({ channelId, born, members: new Map([['ann', {}]]) }) as unknown as ChannelRecord;

    beforeAll(async () => {
      target = await create();
    });
    afterAll(() => target?.stop());

    it('adds to records that exist, one field for each participant and figure, and begins none', async () => {
      const quality = new CallQuality(target.client);
      await run('HSET', keys.callRecord(1, 5), 'mode', 'p2p');
      await run('PEXPIRE', keys.callRecord(1, 5), '60000');
      quality.heard(channel(1, 5), 'ann', { ms: 1_000.4, missedMs: 200 });
      quality.heard(channel(1, 5), 'ann', { ms: 500, missedMs: 0, score: 4.25 });
      quality.heard(channel(2, 7), 'ann', { ms: 500, missedMs: 0 });
      quality.heard(channel(3, 0), 'ann', { ms: 500, missedMs: 0 });
      quality.heard(channel(1, 5), 'bob', { ms: 500, missedMs: 0 });
      quality.heard(null, 'ann', { ms: 500, missedMs: 0 });
      await target.settle(quality.flush());
      const expected = ['mode', 'p2p', 'heard_ms:ann', '1500', 'missed_ms:ann', '200', 'scores:ann', '1'];
      const value = [...expected, 'score_milli:ann', '4250'];
      expect(await run('HGETALL', keys.callRecord(1, 5))).toEqual({ value });
      expect(await run('EXISTS', keys.callRecord(2, 7), keys.callRecord(3, 0))).toEqual({ value: 0 });
      // nothing is counted twice
      await target.settle(quality.flush());
      quality.heard(channel(1, 5), 'ann', { ms: 500, missedMs: 1 });
      await target.settle(quality.flush());
      expect(await run('HMGET', keys.callRecord(1, 5), 'heard_ms:ann', 'missed_ms:ann')).toEqual({
        value: ['2000', '201'],
      });
    });
  });
}
