import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CallBackend, type CallPeers } from '../../core/call/call-backend.js';
import { defaultCallPolicy } from '../../core/call/call-policy.js';
import type { CallAnswer, CallMessage, PersonView } from '../../core/call/call-protocol.js';
import { EXPIRED_LIMIT } from '../../core/call/call-tick.js';
import type { RedisClient } from '../../core/ports.js';
import { missing } from '../support/real-redis.js';
import { answer, type RedisTarget, realTarget, simulatedTarget } from './redis-target.js';

const without = missing('redis-server');
const policy = {
  ...defaultCallPolicy,
  ringTimeoutMs: 600,
  waitTimeoutMs: 900,
  leaseMs: 1_500,
  busyGraceMs: 500,
  claimMs: 100,
  keepMs: 2_000,
};

for (const { name, left, create } of [
  { name: 'simulated', left: '', create: simulatedTarget },
  { name: 'real redis-server', left: without, create: realTarget },
]) {
  describe.skipIf(left !== '')(`ringing: ${name}${left}`, () => {
    let target: RedisTarget;
    let backends: CallBackend[];
    let views: Map<string, PersonView>;
    let answers: CallAnswer[];
    let ids = 0;
    let org = 0;
    let asked = 0;
    let waiting = 0;

    beforeAll(async () => {
      target = await create();
    });
    afterAll(() => target?.stop());
    beforeEach(async () => {
      views = new Map();
      answers = [];
      org++;
      backends = [target.client, target.other].map((client, index) => backend(counted(client), index));
    });

    function backend(redis: RedisClient, index: number, holdMs = 0): CallBackend {
      return new CallBackend({
        policy: { ...policy, holdMs },
        tickMs: 100,
        redis,
        clock: { nowMs: () => 0 },
        // conflicts are tried again at once
        timers: {
          after(_delayMs, callback) {
            queueMicrotask(callback);
            return { cancel: () => {} };
          },
        },
        random: { unique: () => `id-${++ids}`, uniform: () => 0.5 },
        metrics: { count: () => {}, observe: () => {} },
        log: { write: () => {} },
        tell: async (userId, message) => {
          if (message.type !== 'call-view') return;
          const { view } = message;
          if (view.version > (views.get(userId)?.version ?? 0)) views.set(userId, view);
        },
        answer: (_localId, message) => answers.push(message),
        ...(holdMs === 0 ? {} : { peers: peers(index) }),
      });
    }

    /** The caller, and everybody with an even number, is connected to the first backend. */
    const peers = (index: number): CallPeers => ({
      instance: `backend-${index}`,
      isHere: (userId) => Number(userId) % 2 === index,
      handOn: async (instance, request) => {
        backends[Number(instance.slice(-1))]?.onHandedOn(request);
        return true;
      },
      answerAt: async (_instance, _localId, message) => void answers.push(message),
    });

    /** A client whose questions are counted. */
    function counted(client: RedisClient): RedisClient {
      const count = async <T>(answer: Promise<T>): Promise<T> => {
        asked++;
        waiting++;
        try {
          return await answer;
        } finally {
          waiting--;
        }
      };
      return {
        call: (...words) => count(client.call(...words)),
        pipeline: (commands) => ({ exec: () => count(client.pipeline(commands).exec()) }),
      };
    }

    /** Clients that can be cut off. */
    function cut(client: RedisClient, isCut: () => boolean): RedisClient {
      return {
        call: (...words) => (isCut() ? Promise.reject(new Error('cut off')) : client.call(...words)),
        pipeline: (commands) => client.pipeline(commands),
      };
    }

    const say = (userId: number, message: CallMessage, by = userId % 2) =>
      (backends[by] as CallBackend).onMessage(
        { localId: `${userId}`, userId: String(userId), sessionId: `s${userId}` },
        message,
      );
    const beat = (userId: number, version: number) =>
      (backends[userId % 2] as CallBackend).onHeartbeat(
        { localId: `${userId}`, userId: String(userId), sessionId: `s${userId}` },
        version,
      );
    /** Nobody waits for an answer, nor has asked for a while: a busy machine takes longer than 60 ms. */
    const settled = async () => {
      let before = -1;
      for (let turn = 0; turn < 100 && (waiting > 0 || asked !== before); turn++) {
        before = asked;
        await target.advance(60);
      }
    };
    const tick = async (ms: number) => {
      for (let t = 0; t < ms; t += 100) {
        await target.advance(100);
        for (const each of backends)
          await target.settle((each as unknown as { tick(): Promise<void> }).tick().catch(() => undefined));
      }
      await settled();
    };
    const view = (userId: number) => views.get(String(userId)) as PersonView;
    const on = (userId: number) => say(userId, { type: 'call-on', requestId: `on${userId}`, org });
    const user = (n: number) => org * 1000 + n;

    async function ring(staff: number): Promise<string> {
      for (let i = 1; i <= staff; i++) on(user(i));
      await settled();
      say(user(0), { type: 'call-offer', requestId: 'r1', org });
      await settled();
      return `${user(0)}.r1`;
    }

    it('rings at up to three, and of all who accept at once exactly one wins', async () => {
      const callId = await ring(4);
      expect([1, 2, 3, 4].filter((n) => view(user(n)).state === 'ringing')).toHaveLength(3);
      answers = [];
      for (const n of [1, 2, 3, 4]) say(user(n), { type: 'call-accept', requestId: `a${n}`, callId });
      await settled();
      const won = answers.filter(({ type }) => type === 'call-done');
      expect(won).toHaveLength(1);
      const codes = answers.flatMap((each) => (each.type === 'call-refused' ? [each.code] : []));
      // the fourth, at whom it did not ring, may ask before it is taken
      expect(codes.filter((code) => code === 'taken').length).toBeGreaterThanOrEqual(2);
      expect(codes.filter((code) => code !== 'taken' && code !== 'not-ringing')).toEqual([]);
      const busy = [0, 1, 2, 3, 4].filter((n) => view(user(n)).state === 'busy');
      expect(busy).toHaveLength(2);
      expect(view(user(0)).call).toMatchObject({ callId, state: 'accepted' });
      expect(view(user(0)).call?.channelId).toBeGreaterThan(500_000);
      expect(busy.map((n) => view(user(n)).call?.channelId)).toEqual([
        view(user(0)).call?.channelId,
        view(user(0)).call?.channelId,
      ]);
      say(user(0), { type: 'call-hang-up', requestId: 'h', callId });
      await settled();
      expect([0, 1, 2, 3, 4].map((n) => view(user(n)).state)).toEqual([
        'off',
        'available',
        'available',
        'available',
        'available',
      ]);
    });

    it('said again, an offer is the same call and an accept the same answer', async () => {
      const callId = await ring(1);
      say(user(0), { type: 'call-offer', requestId: 'r1', org });
      say(user(1), { type: 'call-accept', requestId: 'a', callId });
      say(user(1), { type: 'call-accept', requestId: 'a', callId }, 0);
      await settled();
      expect(answers.filter(({ type }) => type === 'call-refused')).toEqual([]);
      expect(view(user(1))).toMatchObject({ state: 'busy', call: { callId } });
    });

    it('nobody is given two calls', async () => {
      on(user(1));
      await settled();
      for (const n of [5, 6, 7]) say(user(n), { type: 'call-offer', requestId: 'r', org }, n % 2);
      await settled();
      const ringing = [5, 6, 7].filter((n) => view(user(n)).call?.state === 'ringing');
      expect(ringing).toHaveLength(1);
      say(user(1), { type: 'call-decline', requestId: 'd', callId: `${user(ringing[0] as number)}.r` });
      await settled();
      // the next one rings now, the one that was declined waits for somebody else
      expect(view(user(1)).call?.callId).not.toBe(`${user(ringing[0] as number)}.r`);
      expect(view(user(ringing[0] as number)).call?.state).toBe('waiting');
    });

    it('a call that nobody answers is missed, by whichever backend looks, and never one that was accepted', async () => {
      await ring(1);
      for (const n of [0, 1]) beat(user(n), 0);
      await tick(800);
      expect(view(user(0)).last).toMatchObject({ state: 'missed', reason: 'no-answer' });
      expect(view(user(1)).state).toBe('available');
      say(user(0), { type: 'call-offer', requestId: 'r2', org });
      await settled();
      say(user(1), { type: 'call-accept', requestId: 'a', callId: `${user(0)}.r2` });
      for (const n of [0, 1]) beat(user(n), 0);
      await tick(800);
      expect(view(user(0)).call?.state).toBe('accepted');
    });

    it('staff that vanishes is freed, and its call ends when it does not come back', async () => {
      const callId = await ring(1);
      say(user(1), { type: 'call-accept', requestId: 'a', callId });
      for (let t = 0; t < 2_400; t += 300) {
        beat(user(0), view(user(0)).version);
        await tick(300);
      }
      expect(view(user(0)).last).toMatchObject({ callId, state: 'ended', reason: 'staff-lost' });
      expect(await answer(target, target.client, ['HGET', `person:${user(1)}`, 'state'])).toEqual({ value: 'off' });
    });

    it('staff that vanishes is freed, however many have vanished before whom nobody can free yet', async () => {
      const stuck = Array.from({ length: EXPIRED_LIMIT }, (_, index) => `stuck-${index}`);
      const claimed = stuck.flatMap((userId) => [Number.MAX_SAFE_INTEGER, `person:${userId}`]);
      await answer(target, target.client, ['ZADD', 'voice:person_leases', ...stuck.flatMap((userId) => [1, userId])]);
      await answer(target, target.client, ['ZADD', 'voice:calls_due', ...claimed]);
      on(user(1));
      await settled();
      await tick(2_400);
      expect(await answer(target, target.client, ['HGET', `person:${user(1)}`, 'state'])).toEqual({ value: 'off' });
      await answer(target, target.client, ['DEL', 'voice:person_leases', 'voice:calls_due']);
    });

    it('while its keeper is without Redis a call is accepted there, once, and written when it is back', async () => {
      let isCut = false;
      const clients = [cut(counted(target.client), () => isCut), counted(target.other)];
      backends = clients.map((client, index) => backend(client, index, 400));
      for (const n of [2, 3, 4]) on(user(n));
      await settled();
      say(user(0), { type: 'call-offer', requestId: 'r1', org });
      await settled();
      const callId = `${user(0)}.r1`;
      expect([2, 3, 4].map((n) => view(user(n)).state)).toEqual(['ringing', 'ringing', 'ringing']);
      const keeper = { value: 'backend-0' };
      expect(await answer(target, target.client, ['HGET', `call:${callId}`, 'keeper'])).toEqual(keeper);
      // declined through the other backend: handed on
      say(user(3), { type: 'call-decline', requestId: 'd', callId });
      await settled();
      expect(view(user(3)).state).toBe('available');
      isCut = true;
      answers = [];
      say(user(2), { type: 'call-accept', requestId: 'a2', callId });
      say(user(4), { type: 'call-accept', requestId: 'a4', callId });
      await settled();
      expect(answers.map((each) => [each.type, 'code' in each ? each.code : ''])).toEqual([
        ['call-done', ''],
        ['call-view', ''],
        ['call-refused', 'taken'],
      ]);
      expect(view(user(0)).call).toMatchObject({ callId, state: 'accepted', answeredBy: String(user(2)) });
      const ringing = { value: 'ringing' };
      expect(await answer(target, target.client, ['HGET', `call:${callId}`, 'state'])).toEqual(ringing);
      isCut = false;
      for (const n of [0, 2]) beat(user(n), view(user(n)).version);
      await tick(100);
      const written = await answer(target, target.client, [
        'HMGET',
        `call:${callId}`,
        'state',
        'answered_by',
        'keeper',
      ]);
      expect(written).toEqual({ value: ['accepted', String(user(2)), ''] });
      expect(view(user(0)).state).toBe('busy');
    });

    it('a call whose keeper is silent is ended by others, and says of nobody that it was missed', async () => {
      let isCut = false;
      const clients = [cut(counted(target.client), () => isCut), counted(target.other)];
      backends = clients.map((client, index) => backend(client, index, 150));
      on(user(3));
      await settled();
      say(user(0), { type: 'call-offer', requestId: 'r1', org });
      await settled();
      await tick(100); // says that it is there
      expect(view(user(3)).state).toBe('ringing');
      isCut = true;
      beat(user(3), view(user(3)).version);
      await tick(450);
      expect(view(user(3))).toMatchObject({ state: 'available', last: { state: 'lost', reason: 'keeper-lost' } });
    });

    it('leaves nothing behind when everything is over', async () => {
      const callId = await ring(2);
      say(user(1), { type: 'call-accept', requestId: 'a', callId });
      await settled();
      await tick(4_500);
      const { value } = (await answer(target, target.client, ['KEYS', '*'])) as { value: string[] };
      expect(value.filter((key) => key !== 'voice:call_number')).toEqual([]);
    });
  });
}
