import { describe, expect, it } from 'vitest';
import { ChannelDesk } from '../../../core/channel/channel-desk.js';
import type { RuleContext } from '../../../core/channel/channel-rules.js';
import { keys } from '../../../core/keys.js';
import type { RedisArgument, RedisClient, RedisCommand } from '../../../core/ports.js';
import { ChannelLock } from '../../../core/store/channel-lock.js';
import { ChannelStore } from '../../../core/store/channel-store.js';
import { DataServer, ErrorReply, Session, toClientValue } from '../../../sim/redis/index.js';
import { policy, RulesWorld } from './rules-world.js';

const NOW_MS = 1_700_000_000_000;

/** A Redis whose clock stands still, and the commands it was asked for, those of one turn as one round trip. */
class Turns implements RedisClient {
  readonly server = new DataServer({ nowMs: () => NOW_MS });
  readonly trips: string[][] = [];
  private readonly session = new Session(() => undefined);
  private turn: string[] | null = null;

  async call(...words: [string, ...RedisArgument[]]): Promise<unknown> {
    if (this.turn === null) {
      this.turn = [];
      this.trips.push(this.turn);
      setImmediate(() => {
        this.turn = null;
      });
    }
    this.turn.push(words[0]);
    const reply = this.server.execute(this.session, words.map(String));
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    if (reply instanceof ErrorReply) throw new Error(reply.message);
    return toClientValue(reply);
  }

  pipeline(commands: RedisCommand[]) {
    const exec = () =>
      Promise.all(
        commands.map(async ([, ...words]): Promise<[Error | null, unknown]> => {
          return [null, await this.call(...(words as [string, ...RedisArgument[]]))];
        }),
      );
    return { exec };
  }
}

function deskOn(redis: Turns, options: { Lock?: typeof ChannelLock; onWait?: () => void } = {}) {
  const { Lock = ChannelLock, onWait = () => undefined } = options;
  const clock = { nowMs: () => NOW_MS };
  const timers = {
    after: (_: number, callback: () => void) => {
      onWait();
      setImmediate(callback);
      return { cancel: () => undefined };
    },
  };
  let tokens = 0;
  const random = { unique: () => `token-${++tokens}`, uniform: () => 0.5 };
  const announced: number[] = [];
  const counted: string[] = [];
  const desk = new ChannelDesk({
    lock: new Lock(redis, timers, clock, random, policy),
    store: new ChannelStore(redis),
    rules: new RulesWorld().rules,
    policy,
    timers,
    clock,
    metrics: { count: (name) => void counted.push(name), observe: () => undefined },
    log: { write: () => undefined },
    announcement: ({ version }) => String(version),
    onCommitted: ({ version }, _now, visible) => void (visible && announced.push(version)),
  });
  const join = (userId: string, backend = 'b.1') =>
    desk.change(7, (context: RuleContext) =>
      desk.rules.admission.join(context, { userId, sessionId: `s${userId}`, connection: `1:${backend}#${userId}` }),
    );
  const leave = (userId: string) =>
    desk.change(7, (context) => desk.rules.admission.leave(context, userId, `s${userId}`));
  return { desk, join, leave, announced, counted };
}

describe('ChannelDesk', () => {
  it('changes a channel in two round trips: lock and reading, then the commit', async () => {
    const redis = new Turns();
    const { join } = deskOn(redis);
    await join('1'); // loads the script
    redis.trips.length = 0;
    await join('2');
    expect(redis.trips.map((trip) => trip[0])).toEqual(['SET', 'EVALSHA']);
    expect(redis.trips[0]).toContain('HGETALL');
  });

  it('throws a reading away that was not made under the lock', async () => {
    const redis = new Turns();
    let waits = 0;
    const { join, counted } = deskOn(redis, {
      onWait: () => {
        // whoever held it gives it up, and another one lets somebody in
        if (++waits > 1) return;
        redis.server.execute(new Session(() => undefined), ['DEL', keys.lock(7)]);
        void others.join('9');
      },
    });
    const others = deskOn(redis);
    await redis.call('SET', keys.lock(7), 'somebody');
    const { record } = await join('1');
    expect([...record.members.keys()]).toEqual(['9', '1']);
    // without the help of the fence
    expect(counted).not.toContain('voice_lock_lost_total');
  });

  it('asks a lock first that takes more than one step', async () => {
    class OtherLock extends ChannelLock {
      protected override async take(channelId: number, token: string): Promise<unknown> {
        if ((await this.redis.call('GET', keys.lock(channelId))) !== null) return null;
        return this.redis.call('SET', keys.lock(channelId), token, 'PX', 1_000);
      }
    }
    const redis = new Turns();
    const { join } = deskOn(redis, { Lock: OtherLock });
    await join('1');
    expect(redis.trips.slice(0, 3).map((trip) => trip[0])).toEqual(['GET', 'SET', 'TIME']);
  });

  it('lists a channel with the backends of those who are in, as long as there are any', async () => {
    const redis = new Turns();
    const { join, leave } = deskOn(redis);
    const listed = async () => [
      await redis.call('SMEMBERS', keys.backendChannels('b.1')),
      await redis.call('SMEMBERS', keys.backendChannels('b.2')),
    ];
    await join('1');
    await join('2', 'b.2');
    await join('3', 'b.2');
    await leave('2');
    expect(await listed()).toEqual([['7'], ['7']]);
    await leave('3');
    expect(await listed()).toEqual([['7'], []]);
    await leave('1');
    expect(await listed()).toEqual([[], []]);
  });

  it('gives a channel that is created again within the same millisecond newer versions', async () => {
    const redis = new Turns();
    const { join, leave, announced } = deskOn(redis);
    for (let life = 0; life < 3; life++) {
      await join('1');
      await join('2');
      await leave('1');
      await leave('2');
    }
    expect(announced).toHaveLength(12);
    expect(announced).toEqual([...announced].sort((a, b) => a - b));
    expect(new Set(announced).size).toBe(12);
  });
});
