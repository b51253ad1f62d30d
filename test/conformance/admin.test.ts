import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminDesk } from '../../core/admin/admin-desk.js';
import type { AdminCommand } from '../../core/admin/admin-protocol.js';
import { AuditLog } from '../../core/admin/audit-log.js';
import { ForcedMesh } from '../../core/admin/forced-mesh.js';
import { StuckMigrations } from '../../core/admin/stuck-migrations.js';
import type { ChannelDesk } from '../../core/channel/channel-desk.js';
import { keys } from '../../core/keys.js';
import { RevocationWatch } from '../../core/token/revocation-watch.js';
import { defaultTokenPolicy } from '../../core/token/token-claims.js';
import { TokenDesk } from '../../core/token/token-desk.js';
import { TokenSigner } from '../../core/token/token-signer.js';
import { missing } from '../support/real-redis.js';
import { answer, type RedisTarget, realTarget, simulatedTarget } from './redis-target.js';

const without = missing('redis-server');
const times = { iat: 1, nbf: 1, exp: 4_000_000_000 };

for (const { name, left, create } of [
  { name: 'simulated', left: '', create: simulatedTarget },
  { name: 'real redis-server', left: without, create: realTarget },
]) {
  describe.skipIf(left !== '')(`administration: ${name}${left}`, () => {
    let target: RedisTarget;
    let admin: AdminDesk;
    let audit: AuditLog;
    let reconciled = 0;
    const attended: number[] = [];
    const signer = new TokenSigner('key-1', 'a secret of more than thirty-two bytes', 0);
    const operator = signer.writeAdmin({ sub: 'ada', ...times, jti: 'a', video: { roomAdmin: true } });
    beforeAll(async () => {
      target = await create();
      const redis = target.client;
      const desk = {
        attend: (id: number) => Promise.resolve(void attended.push(id)),
        change: (id: number) => Promise.resolve(void attended.push(id)),
      } as unknown as ChannelDesk;
      let ids = 0;
      const random = { unique: () => `id-${++ids}`, uniform: () => 0.5 };
      audit = new AuditLog(redis);
      admin = new AdminDesk({
        redis,
        clock: { nowMs: () => 1_000 },
        log: { write: () => undefined },
        signer,
        audit,
        forcedMesh: new ForcedMesh(redis, desk),
        stuck: new StuckMigrations(redis, desk, 5_000),
        tokens: new TokenDesk(redis, signer, random, defaultTokenPolicy),
        reconcile: async () => void reconciled++,
      });
    });
    afterAll(() => target?.stop());

    const run = (...words: [string, ...string[]]) => answer(target, target.client, words);
    const ask = (id: string, command: AdminCommand, token = operator) =>
      target.settle(admin.handle({ id, token, command }));

    it('listens to operators only, and to nothing that is no request', async () => {
      const user = signer.write({
        ...{ sub: '1', ...times, jti: 'b', name: 'user 1', node: 'sfu-1', epoch: 1, stamp: 1 },
        video: { room: 'channel_1', roomJoin: true, canPublish: true, canSubscribe: true },
      });
      for (const token of ['', 'no token', user])
        expect(await ask('r0', { do: 'reconcile' }, token)).toMatchObject({ ok: false, code: 'unauthorized' });
      for (const message of [null, 7, {}, { id: 'r0', token: operator, command: { do: 'explode' } }])
        expect(await target.settle(admin.handle(message))).toMatchObject({ ok: false, code: 'invalid' });
      expect(reconciled).toBe(0);
      expect(await target.settle(audit.entries())).toEqual([]);
    });

    it('does a request once, however often it is said, and writes it down once', async () => {
      for (let i = 0; i < 3; i++) expect(await ask('r1', { do: 'reconcile' })).toMatchObject({ ok: true });
      expect(reconciled).toBe(1);
      const entries = await target.settle(audit.entries());
      expect(entries).toMatchObject([{ id: 'r1', operator: 'ada', command: { do: 'reconcile' } }]);
      expect(entries[0]!.atMs).toBeGreaterThan(1.6e12);
      const { value } = (await run('PTTL', keys.adminRequest('r1'))) as { value: number };
      expect(value).toBeGreaterThan(0);
    });

    it('the audit has an end', async () => {
      for (let i = 0; i < 1_010; i++) await target.settle(audit.begin(`many-${i}`, 'ada', { do: 'health' }));
      expect(await target.settle(audit.entries())).toHaveLength(1_000);
    });

    it('clears what is past its end, and what only claims to migrate; never what has time', async () => {
      const { value } = (await run('TIME')) as { value: string[] };
      const nowMs = Number(value[0]) * 1000;
      for (const id of ['1', '2', '3', '4']) await run('ZADD', keys.changed, '1', id);
      await run('HSET', keys.migration(1), 'state', 'migrating', 'deadline', String(nowMs + 20_000));
      await run('HSET', keys.migration(2), 'state', 'migrating', 'deadline', String(nowMs - 60_000));
      await run('HSET', keys.state(3), 'migrationInProgress', '1');
      await run('HSET', keys.state(4), 'migrationInProgress', '0');
      attended.length = 0;
      expect(await ask('r2', { do: 'clear-stuck' })).toMatchObject({ ok: true, report: { cleared: [2, 3] } });
      expect(attended).toEqual([2, 3]);
    });

    it('forces the mesh until it is lifted, and looks at every channel both times', async () => {
      attended.length = 0;
      await ask('r3', { do: 'force-p2p' });
      expect(await run('EXISTS', keys.forcedMesh)).toEqual({ value: 1 });
      expect(await ask('r4', { do: 'health' })).toMatchObject({ report: { forcedMesh: true } });
      await ask('r5', { do: 'lift-p2p' });
      expect(await run('EXISTS', keys.forcedMesh)).toEqual({ value: 0 });
      expect(attended).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    });

    it('whose tokens are revoked is found inside a node, and nobody else', async () => {
      const removed: string[] = [];
      const { ok, ...rest } = await ask('r6', { do: 'revoke-tokens', userId: '7' });
      expect(ok).toBe(true);
      const stamp = (rest as unknown as { report: { revokedUpTo: number } }).report.revokedUpTo;
      const watch = new RevocationWatch({
        redis: target.client,
        subscriber: { on: () => undefined, subscribe: () => Promise.resolve(), disconnect: () => undefined },
        timers: { after: () => ({ cancel: () => undefined }) },
        log: { write: () => undefined },
        everyMs: 1_000,
        inside: () => [
          { userId: '7', stamp },
          { userId: '7', stamp: stamp + 1 },
          { userId: '8', stamp: 1 },
        ],
        remove: (bearer) => removed.push(`${bearer.userId}@${bearer.stamp - stamp}`),
      });
      watch.start();
      await run('PING');
      await run('PING');
      watch.stop();
      expect(removed).toEqual(['7@0']);
    });
  });
}
