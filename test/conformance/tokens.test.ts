import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '../../core/keys.js';
import { TokenDesk } from '../../core/token/token-desk.js';
import { TokenGate } from '../../core/token/token-gate.js';
import { TokenSigner } from '../../core/token/token-signer.js';
import { missing } from '../support/real-redis.js';
import { answer, type RedisTarget, realTarget, simulatedTarget } from './redis-target.js';

const WINDOW_MS = 400;
const policy = { lifetimeMs: 300_000, perWindow: 10, windowMs: WINDOW_MS, leewayMs: 60_000 };
const room = { node: 'sfu-1', room: 'channel_7', epoch: 3 };
const without = missing('redis-server');

for (const { name, left, create } of [
  { name: 'simulated', left: '', create: simulatedTarget },
  { name: 'real redis-server', left: without, create: realTarget },
]) {
  describe.skipIf(left !== '')(`tokens: ${name}${left}`, () => {
    let target: RedisTarget;
    let desks: TokenDesk[];
    let gate: TokenGate;
    const signer = new TokenSigner('key-1', 'a secret of more than thirty-two bytes', policy.leewayMs);
    let ids = 0;
    beforeAll(async () => {
      target = await create();
      const random = { unique: () => `id-${++ids}`, uniform: () => 0.5 };
      desks = [target.client, target.other].map((redis) => new TokenDesk(redis, signer, random, policy));
      gate = new TokenGate(target.other, signer);
    });
    afterAll(() => target?.stop());

    const asked = (userId: string, desk = 0) => (desks[desk] as TokenDesk).issue({ userId, name: 'Ada', room });
    const issue = (userId: string, desk = 0) => target.settle(asked(userId, desk));
    const nowMs = async () => {
      const [seconds, micros] = ((await answer(target, target.client, ['TIME'])) as { value: string[] }).value;
      return Number(seconds) * 1000 + Number(micros) / 1000;
    };
    const check = async (token: string | null, userId: string, at = room) =>
      (await target.settle(gate.check(token ?? '', { ...at, userId }, await nowMs()))).problem;

    it('lets in whom it was made for, where it was made for, and nobody else', async () => {
      const { token } = await issue('1');
      expect(await check(token, '1')).toBeNull();
      expect(await check(token, '2')).toBe('wrong-user');
      expect(await check(token, '1', { ...room, epoch: 4 })).toBe('wrong-room');
      expect(await check(token, '1', { ...room, node: 'sfu-2' })).toBe('wrong-room');
      expect(await check('no token', '1')).toBe('malformed');
    });

    it('gives a user ten in a window, over all backends, and the next one when it has moved on', async () => {
      const first = await target.settle(Promise.all(Array.from({ length: 14 }, (_, i) => asked('3', i % 2))));
      const refused = first.filter(({ token }) => token === null);
      expect(first.length - refused.length).toBe(10);
      for (const outcome of refused) {
        expect(outcome).toHaveProperty('retryAfterMs');
        const { retryAfterMs } = outcome as { retryAfterMs: number };
        expect(retryAfterMs).toBeGreaterThan(0);
        expect(retryAfterMs).toBeLessThanOrEqual(WINDOW_MS);
      }
      expect((await issue('4')).token).not.toBeNull();
      await target.advance(WINDOW_MS + 50);
      expect((await issue('3')).token).not.toBeNull();
    });

    it('leaves no key without an end', async () => {
      await issue('5');
      await target.settle((desks[0] as TokenDesk).revoke('5'));
      for (const [key, atMost] of [
        [keys.tokenWindow('5'), WINDOW_MS + 1],
        [keys.tokensRevoked('5'), policy.lifetimeMs + 2 * policy.leewayMs],
      ] as const) {
        const { value } = (await answer(target, target.client, ['PTTL', key])) as { value: number };
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThanOrEqual(atMost);
      }
      await target.advance(WINDOW_MS + 50);
      expect(await answer(target, target.client, ['EXISTS', keys.tokenWindow('5')])).toEqual({ value: 0 });
    });

    it('revokes all that was issued before, and nothing that is issued after, even in the same millisecond', async () => {
      const before = await issue('6');
      expect(await check(before.token, '6')).toBeNull();
      const [, during, stamp] = await target.settle(
        Promise.all([asked('6', 1), asked('6', 0), (desks[0] as TokenDesk).revoke('6')]),
      );
      expect(stamp).toBeGreaterThan(0);
      expect(await check(before.token, '6')).toBe('revoked');
      // sent over the same connection before the revocation
      expect(await check(during.token, '6')).toBe('revoked');
      const after = await issue('6', 1);
      expect(await check(after.token, '6')).toBeNull();
      await target.settle((desks[1] as TokenDesk).revoke('6'));
      expect(await check(after.token, '6')).toBe('revoked');
    });

    it('a revocation is never taken back by a clock that has gone back', async () => {
      const later = Math.round(await nowMs()) + 5_000;
      await answer(target, target.client, ['SET', keys.tokensRevoked('7'), later, 'PX', 60_000]);
      expect(await target.settle((desks[0] as TokenDesk).revoke('7'))).toBe(later);
      expect(await check((await issue('7')).token, '7')).toBeNull();
    });
  });
}
