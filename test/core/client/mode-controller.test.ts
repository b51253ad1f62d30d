import { beforeEach, describe, expect, it } from 'vitest';
import { ModeController } from '../../../core/client/mode-controller.js';
import { grantKey } from '../../../core/client/ports.js';
import type { ChannelView, ClientMessage, Member, SfuGrant } from '../../../core/protocol.js';

class Bench {
  nowMs = 0;
  readonly timers: { atMs: number; callback: () => void }[] = [];
  readonly sent: ClientMessage[] = [];
  readonly openPeers = new Set<string>();
  readonly openSessions = new Set<string>();
  readonly closed: string[] = [];
  readonly openSfu = new Set<string>();
  attempts = 0;
  health = { uplink: true, downlink: true };
  readonly told: string[] = [];
  readonly controller: ModeController;

  constructor() {
    this.controller = new ModeController({
      userId: '1',
      sessionId: 's1',
      ports: {
        clock: { nowMs: () => this.nowMs },
        timers: {
          after: (delayMs, callback) => {
            const timer = { atMs: this.nowMs + delayMs, callback };
            this.timers.push(timer);
            return {
              cancel: () => void (this.timers.includes(timer) && this.timers.splice(this.timers.indexOf(timer), 1)),
            };
          },
        },
        random: { unique: () => 'x', uniform: () => 0 },
        send: (message) => {
          this.sent.push(message);
          return true;
        },
        peers: {
          open: ({ userId, sessionId }) => {
            this.openPeers.add(userId);
            this.openSessions.add(sessionId);
          },
          close: ({ userId, sessionId }) => {
            this.closed.push(sessionId);
            this.openPeers.delete(userId);
            this.openSessions.delete(sessionId);
          },
        },
        sfu: {
          connect: (grant) => {
            this.attempts++;
            this.openSfu.add(grantKey(grant));
          },
          close: (grant) => void this.openSfu.delete(grantKey(grant)),
          health: () => this.health,
        },
        listener: {
          onChange: () => undefined,
          onJoined: () => this.told.push('joined'),
          onQueued: (_, position) => this.told.push(`queued ${position}`),
          onRefused: (_, code) => this.told.push(`refused ${code}`),
          onRemoved: (_, reason) => this.told.push(`removed ${reason}`),
          onView: (_, version) => this.told.push(`view ${version}`),
          onDegraded: (reason, active) => this.told.push(`degraded ${reason} ${active}`),
        },
      },
    });
  }

  /** Of the latest join. */
  get requestId(): string {
    for (const message of [...this.sent].reverse()) if (message.type === 'join') return message.requestId;
    return 'none';
  }

  wait(ms: number): void {
    const end = this.nowMs + ms;
    for (;;) {
      const next = this.timers.filter(({ atMs }) => atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.timers.splice(this.timers.indexOf(next), 1);
      this.nowMs = next.atMs;
      next.callback();
    }
    this.nowMs = end;
  }

  count(type: ClientMessage['type']): number {
    return this.sent.filter((message) => message.type === type).length;
  }
}

const member = (userId: string): Member => ({ userId, sessionId: `s${userId}` });
const room: SfuGrant = { node: 'n1', room: 'channel_7', epoch: 20, token: 't' };
const mesh = (version: number, more: Partial<ChannelView> = {}): ChannelView => ({
  channelId: 7,
  version,
  mode: 'p2p',
  epoch: 0,
  roster: ['1', '2', '3'].map(member),
  sfu: null,
  migration: null,
  degraded: null,
  ...more,
});
const moving = (version: number): ChannelView =>
  mesh(version, { migration: { epoch: 20, to: 'sfu', phase: 'connect', sfu: room } });
const onSfu = (version: number): ChannelView => mesh(version, { mode: 'sfu', epoch: version, sfu: room });

describe('ModeController', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.controller.onOnline();
    bench.controller.join(7);
    bench.controller.onMessage({ type: 'joined', requestId: bench.requestId, view: mesh(10) });
    for (const user of ['2', '3']) bench.controller.onPeerUp(member(user));
  });

  it('opens a link to every other member and plays it', () => {
    expect([...bench.openPeers].sort()).toEqual(['2', '3']);
    expect(bench.controller.playedPath('2')).toBe('p2p');
    bench.controller.onPeerDown(member('2'));
    expect(bench.controller.playedPath('2')).toBe('none');
  });

  it('tells its user when the others can be heard in a room that it does not get into, and when it has got in', () => {
    const beat = () => bench.controller.onMessage({ type: 'pong', channelId: 7, version: 30 } as never);
    const told = () => bench.told.filter((each) => each.startsWith('degraded'));
    bench.controller.onMessage({ type: 'channel', view: onSfu(30) });
    beat();
    beat();
    // the mesh still brings them
    expect(told()).toEqual([]);
    for (const user of ['2', '3']) bench.controller.onPeerDown(member(user));
    beat();
    expect(told()).toEqual([]);
    beat();
    beat();
    expect(told()).toEqual(['degraded path true']);
    bench.controller.onSfuUp(grantKey(room));
    expect(told()).toEqual(['degraded path true', 'degraded path false']);
    bench.controller.onSfuDown(grantKey(room), 'lost');
    beat();
    expect(told()).toHaveLength(2);
    beat();
    expect(told().at(-1)).toBe('degraded path true');
    bench.controller.leave();
    expect(told().at(-1)).toBe('degraded path false');
  });

  it('builds the SFU path beside the mesh, acknowledges once, and keeps the mesh until the server says that all play the new path', () => {
    bench.controller.onMessage({ type: 'channel', view: moving(20) });
    expect(bench.count('ready')).toBe(0);
    bench.controller.onSfuUp(grantKey(room));
    expect(bench.sent.at(-1)).toEqual({ type: 'ready', channelId: 7, epoch: 20 });
    expect(bench.count('ready')).toBe(1);
    bench.wait(60_000);
    expect(bench.openPeers.size).toBe(2);
    expect(bench.controller.playedPath('2')).toBe('p2p');
    bench.controller.onMessage({
      type: 'channel',
      view: { ...onSfu(30), migration: { epoch: 30, to: 'sfu', phase: 'settle', sfu: null } },
    });
    expect(bench.controller.playedPath('2')).toBe('sfu');
    expect(bench.sent.at(-1)).toEqual({ type: 'ready', channelId: 7, epoch: 30 });
    bench.wait(10_000);
    expect(bench.openPeers.size).toBe(2);
    bench.controller.onMessage({ type: 'channel', view: onSfu(31) });
    bench.wait(2_499);
    expect(bench.openPeers.size).toBe(2);
    bench.wait(1);
    expect(bench.openPeers.size).toBe(0);
  });

  it('is not ready while it sends but hears nothing', () => {
    bench.health = { uplink: true, downlink: false };
    bench.controller.onMessage({ type: 'channel', view: moving(20) });
    bench.controller.onSfuUp(grantKey(room));
    bench.wait(2_000);
    expect(bench.count('ready')).toBe(0);
    bench.health = { uplink: true, downlink: true };
    bench.wait(500);
    expect(bench.count('ready')).toBe(1);
  });

  it('tries three times with growing pauses, then tells the server, and everything stays as it was', () => {
    bench.controller.onMessage({ type: 'channel', view: moving(20) });
    const key = grantKey(room);
    bench.controller.onSfuDown(key);
    bench.wait(999);
    expect(bench.attempts).toBe(1);
    bench.wait(1);
    expect(bench.attempts).toBe(2);
    bench.controller.onSfuDown(key);
    bench.wait(2_000);
    expect(bench.attempts).toBe(3);
    expect(bench.count('failed')).toBe(0);
    bench.controller.onSfuDown(key);
    expect(bench.sent.at(-1)).toMatchObject({ type: 'failed', epoch: 20 });
    expect(bench.controller.playedPath('3')).toBe('p2p');
    bench.wait(60_000);
    expect(bench.attempts).toBe(3);
  });

  it('goes back on a rollback, and acknowledges that it is back', () => {
    bench.controller.onMessage({ type: 'channel', view: moving(20) });
    bench.controller.onSfuUp(grantKey(room));
    bench.controller.onMessage({
      type: 'channel',
      view: mesh(25, { migration: { epoch: 25, to: 'sfu', phase: 'rollback', sfu: null } }),
    });
    expect(bench.sent.at(-1)).toEqual({ type: 'ready', channelId: 7, epoch: 25 });
    bench.wait(3_000);
    expect(bench.openSfu.size).toBe(0);
    expect(bench.openPeers.size).toBe(2);
  });

  it('never applies an older view', () => {
    bench.controller.onMessage({ type: 'channel', view: onSfu(30) });
    bench.controller.onMessage({ type: 'channel', view: mesh(29) });
    expect(bench.controller.mode).toBe('sfu');
    expect(bench.controller.version).toBe(30);
  });

  it('closes the links of those who leave when they close their end, at once if there is no link, and opens those of newcomers', () => {
    bench.controller.onPeerDown(member('3'));
    bench.controller.onMessage({ type: 'channel', view: mesh(11, { roster: ['1', '4'].map(member) }) });
    expect([...bench.openPeers].sort()).toEqual(['2', '4']);
    bench.controller.onPeerDown(member('2'));
    expect([...bench.openPeers]).toEqual(['4']);
    expect(bench.timers).toEqual([]);
  });

  it('hears somebody whom the channel has forgotten and who has not left, over the same link until it is back', () => {
    const without = mesh(11, { roster: ['1', '3'].map(member) });
    bench.controller.onMessage({ type: 'channel', view: without });
    bench.wait(25_000);
    expect(bench.controller.playedPath('2')).toBe('p2p');
    bench.controller.onMessage({ type: 'channel', view: mesh(12) });
    bench.wait(60_000);
    expect(bench.controller.playedPath('2')).toBe('p2p');
    expect(bench.closed).toEqual([]);
  });

  it('hears somebody whom the channel has forgotten no longer than half a minute, and not when the others go to the SFU', () => {
    bench.controller.onMessage({ type: 'channel', view: mesh(11, { roster: ['1', '3'].map(member) }) });
    bench.wait(29_999);
    expect(bench.controller.playedPath('2')).toBe('p2p');
    bench.wait(1);
    expect(bench.controller.playedPath('2')).toBe('none');
    expect(bench.closed).toEqual(['s2']);
    bench.controller.onMessage({ type: 'channel', view: mesh(12, { roster: [member('1')] }) });
    bench.controller.onMessage({ type: 'channel', view: { ...onSfu(30), roster: [member('1')] } });
    bench.wait(2_500);
    expect(bench.closed).toEqual(['s2', 's3']);
  });

  it('gives up the link to a forgotten tab when a newer one of the person is there', () => {
    const newer: Member = { userId: '2', sessionId: 's2-new' };
    bench.controller.onMessage({ type: 'channel', view: mesh(11, { roster: ['1', '3'].map(member) }) });
    bench.controller.onMessage({ type: 'channel', view: mesh(12, { roster: [member('1'), newer, member('3')] }) });
    bench.wait(5_000);
    expect(bench.openSessions).toEqual(new Set(['s2', 's2-new', 's3']));
    bench.controller.onPeerUp(newer);
    bench.wait(2_500);
    expect(bench.openSessions).toEqual(new Set(['s2-new', 's3']));
  });

  it('takes a link up again that was about to be closed for a newer tab, when the store has only gone back for a moment', () => {
    const roster = (second: string) => [member('1'), { userId: '2', sessionId: second }, member('3')];
    bench.controller.onMessage({ type: 'channel', view: mesh(11, { roster: roster('s2-old') }) });
    expect(bench.controller.playedPath('2')).toBe('p2p');
    bench.wait(1_000);
    bench.controller.onMessage({ type: 'channel', view: mesh(12, { roster: roster('s2') }) });
    expect(bench.controller.playedPath('2')).toBe('p2p');
    bench.controller.onPeerDown(member('2'));
    expect(bench.controller.playedPath('2')).toBe('none');
    bench.controller.onPeerUp(member('2'));
    expect(bench.openSessions).toEqual(new Set(['s2', 's3', 's2-old']));
    bench.wait(60_000);
    expect(bench.openSessions).toEqual(new Set(['s2', 's3']));
    expect(bench.controller.playedPath('2')).toBe('p2p');
  });

  it('plays an older tab until it is closed or the newer one is there, although the SFU already works', () => {
    bench.controller.onMessage({ type: 'channel', view: moving(20) });
    bench.controller.onSfuUp(grantKey(room));
    const newer: Member = { userId: '2', sessionId: 's2-new' };
    bench.controller.onMessage({
      type: 'channel',
      view: { ...moving(21), roster: [member('1'), newer, member('3')] },
    });
    expect(bench.controller.playedPath('2')).toBe('p2p');
    bench.controller.onPeerDown(member('2'));
    expect(bench.controller.playedPath('2')).toBe('sfu');
    bench.controller.onPeerUp(newer);
    expect(bench.controller.playedPath('2')).toBe('p2p');
  });

  it('keeps the only path that works: the mesh stays while the SFU path does not come up', () => {
    bench.controller.onMessage({ type: 'channel', view: onSfu(30) });
    bench.wait(20_000);
    expect(bench.controller.playedPath('2')).toBe('p2p');
    bench.controller.onSfuUp(grantKey(room));
    expect(bench.controller.playedPath('2')).toBe('sfu');
    bench.wait(2_499);
    expect(bench.openPeers.size).toBe(2); // others may have arrived later than we: a whole overlap from now
    bench.wait(2_100);
    expect(bench.openPeers.size).toBe(0);
  });

  it('says "ready" again after a reconnect, until it is heard', () => {
    bench.controller.onMessage({ type: 'channel', view: moving(20) });
    bench.controller.onSfuUp(grantKey(room));
    bench.controller.onOffline();
    bench.controller.onOnline();
    expect(bench.sent.slice(-2).map(({ type }) => type)).toEqual(['hello', 'ping']);
    bench.controller.onMessage({ type: 'channel', view: moving(20) });
    expect(bench.count('ready')).toBe(2);
    bench.controller.onMessage({ type: 'pong' });
    expect(bench.count('ready')).toBe(3);
  });

  it('waits in the queue for the estimated time and the slack, then asks again', () => {
    const waiting = new Bench();
    waiting.controller.onOnline();
    waiting.controller.join(7);
    waiting.controller.onMessage({
      type: 'queued',
      requestId: waiting.requestId,
      channelId: 7,
      position: 2,
      estimatedWaitMs: 5_000,
      since: 1,
    });
    expect(waiting.controller.state).toBe('queued');
    waiting.wait(9_999);
    expect(waiting.count('join')).toBe(1);
    waiting.wait(1);
    expect(waiting.count('join')).toBe(2);
    waiting.controller.onMessage({ type: 'join-ready', view: mesh(10) });
    expect(waiting.controller.state).toBe('in');
    waiting.wait(60_000);
    expect(waiting.count('join')).toBe(2);
  });

  it('gives way to another tab, but comes back when it was only forgotten', () => {
    bench.controller.onMessage({ type: 'removed', channelId: 7, reason: 'evicted' });
    expect(bench.controller.state).toBe('joining');
    expect(bench.count('join')).toBe(2);
    bench.controller.onMessage({ type: 'joined', requestId: bench.requestId, view: mesh(40) });
    bench.controller.onMessage({ type: 'removed', channelId: 7, reason: 'replaced' });
    expect(bench.controller.state).toBe('out');
    expect(bench.openPeers.size).toBe(0);
    bench.wait(60_000);
    expect(bench.count('join')).toBe(2);
  });

  it('leaves with a word, also when the word has to wait for a connection', () => {
    bench.controller.onOffline();
    bench.controller.leave();
    expect(bench.controller.state).toBe('out');
    expect(bench.openPeers.size).toBe(0);
    bench.controller.onOnline();
    expect(bench.sent.at(-1)).toEqual({ type: 'leave', channelId: 7 });
  });

  it('does not forget to leave because it has come back, or has gone elsewhere, before it could say so', () => {
    bench.controller.onOffline();
    bench.controller.join(8);
    bench.controller.join(7);
    bench.controller.onOnline();
    expect(bench.sent.slice(-4)).toMatchObject([
      { type: 'hello' },
      { type: 'leave', channelId: 7 },
      { type: 'leave', channelId: 8 },
      { type: 'join', channelId: 7 },
    ]);
    bench.controller.onMessage({ type: 'left', channelId: 8 });
    bench.controller.onMessage({ type: 'joined', requestId: bench.requestId, view: mesh(40) });
    bench.controller.onOffline();
    bench.controller.onOnline();
    expect(bench.sent.slice(-2)).toMatchObject([{ type: 'hello' }, { type: 'ping', channelId: 7 }]);
  });

  it('says what it has seen of a channel when it comes back to it, also over another one', () => {
    const joins = () => bench.sent.filter((message) => message.type === 'join');
    expect(joins()).toEqual([{ type: 'join', requestId: bench.requestId, channelId: 7 }]);
    bench.controller.onMessage({ type: 'channel', view: { ...onSfu(30), epoch: 28 } });
    bench.controller.join(8);
    bench.controller.join(7);
    expect(joins().slice(1)).toMatchObject([{ channelId: 8 }, { channelId: 7, version: 30, epoch: 28 }]);
    expect(joins()[1]).not.toHaveProperty('version');
    // asked again while nothing new has been seen, and when the channel has forgotten us
    bench.controller.leave();
    bench.controller.join(7);
    bench.controller.onMessage({ type: 'joined', requestId: bench.requestId, view: { ...mesh(40), epoch: 35 } });
    bench.controller.onMessage({ type: 'removed', channelId: 7, reason: 'unknown' });
    expect(joins().slice(3)).toMatchObject([
      { channelId: 7, version: 30, epoch: 28 },
      { channelId: 7, version: 40, epoch: 35 },
    ]);
  });

  it('remembers the last eight channels', () => {
    bench.controller.leave();
    const visit = (channelId: number) => {
      bench.controller.join(channelId);
      const asked = bench.sent.at(-1);
      bench.controller.onMessage({
        type: 'joined',
        requestId: bench.requestId,
        view: { ...mesh(100 + channelId), channelId },
      });
      bench.controller.leave();
      return (asked as { version?: number }).version;
    };
    for (let channelId = 10; channelId < 17; channelId++) visit(channelId);
    expect(visit(7)).toBe(10); // also the one that makes it the newest again
    expect(visit(17)).toBeUndefined();
    expect(visit(7)).toBe(107);
    expect(visit(10)).toBeUndefined();
  });

  it('takes no answer to a wish from before it left', () => {
    const bench = new Bench();
    bench.controller.join(7);
    bench.controller.onOnline();
    const first = bench.requestId;
    bench.controller.leave();
    bench.controller.join(7);
    bench.controller.onMessage({ type: 'joined', requestId: first, view: mesh(40) });
    expect(bench.controller.state).toBe('joining');
    bench.controller.onMessage({ type: 'joined', requestId: bench.requestId, view: mesh(41) });
    expect(bench.controller.state).toBe('in');
  });

  it('is not let in by a message for a wish from before it left', () => {
    const bench = new Bench();
    bench.controller.onOnline();
    bench.controller.join(7);
    bench.controller.leave();
    bench.controller.join(7);
    bench.controller.onMessage({ type: 'join-ready', view: mesh(40) });
    expect(bench.controller.state).toBe('joining');
    bench.controller.onMessage({ type: 'left', channelId: 7 });
    bench.controller.onMessage({ type: 'join-ready', view: mesh(41) });
    expect(bench.controller.state).toBe('in');
  });

  it('does not give up a wish for what is said of the membership before it left', () => {
    const bench = new Bench();
    bench.controller.onOnline();
    bench.controller.join(7);
    bench.controller.leave();
    bench.controller.join(7);
    bench.controller.onMessage({ type: 'removed', channelId: 7, reason: 'replaced' });
    expect([bench.controller.state, bench.controller.channelId]).toEqual(['joining', 7]);
    bench.controller.onMessage({ type: 'left', channelId: 7 });
    bench.controller.onMessage({ type: 'removed', channelId: 7, reason: 'replaced' });
    expect([bench.controller.state, bench.controller.channelId]).toEqual(['out', null]);
    const { requestId } = bench;
    bench.controller.onMessage({
      type: 'queued',
      requestId,
      channelId: 7,
      position: 1,
      estimatedWaitMs: 5_000,
      since: 1,
    });
    expect(bench.controller.state).toBe('out');
  });
});
