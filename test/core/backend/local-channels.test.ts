import { beforeEach, describe, expect, it } from 'vitest';
import type { ClientConnection } from '../../../core/backend/connection.js';
import { LocalChannels } from '../../../core/backend/local-channels.js';
import { Views } from '../../../core/backend/views.js';
import { type ChannelRecord, emptyChannel } from '../../../core/channel/channel-record.js';
import type { ServerMessage } from '../../../core/protocol.js';

const record = (version: number, sessions: Record<string, [sessionId: string, since: number]>): ChannelRecord => {
  const channel = emptyChannel(7);
  channel.version = version;
  channel.born = 10;
  for (const [userId, [sessionId, since]] of Object.entries(sessions))
    channel.members.set(userId, { userId, sessionId, connection: `1:b.1#${sessionId}`, lostAtMs: 0, since });
  return channel;
};

describe('LocalChannels', () => {
  let sent: ServerMessage[];
  let regressed: ClientConnection[];
  let channels: LocalChannels;
  let connection: ClientConnection;
  beforeEach(() => {
    sent = [];
    regressed = [];
    channels = new LocalChannels(
      { send: (_, message) => void sent.push(message), close: () => undefined },
      new Views({ issue: () => 't' }, 10),
      (each) => regressed.push(each),
      () => undefined,
    );
    connection = {
      localId: 'new',
      name: '1:b.1#new',
      userId: '1',
      sessionId: 'new',
      personName: '',
      channelId: null,
      wish: 7,
      queued: false,
      queuedSince: 0,
      sinceVersion: 0,
      sinceEpoch: 0,
      sentVersion: 0,
      heardTick: 0,
      absentPings: 0,
    };
    channels.attach(connection, 7, false);
    channels.show(record(20, { '1': ['new', 20] }));
  });

  it('tells one whose place was taken by a newer tab', () => {
    channels.show(record(21, { '1': ['newer', 21] }));
    expect(sent.at(-1)).toEqual({ type: 'removed', channelId: 7, reason: 'replaced' });
    expect(connection).toMatchObject({ channelId: null, wish: null });
  });

  it('does not give way to an older tab that a store without its last writes has brought back', () => {
    channels.show(record(25, { '1': ['old', 15] }));
    expect(regressed).toEqual([connection]);
    expect(sent.map(({ type }) => type)).toEqual(['channel']);
    expect(connection.channelId).toBe(7);
  });

  it('does not let one in who waits because an older record knows it as a member', () => {
    const waiting = { ...connection, userId: '2', sessionId: 'w', localId: 'w', name: '1:b.1#w', channelId: null };
    channels.attach(waiting, 7, true);
    waiting.sinceVersion = 20;
    sent.length = 0;
    channels.deliver(waiting, record(19, { '2': ['w', 15] }));
    expect(sent).toEqual([]);
    expect(regressed).toEqual([waiting]);
    channels.deliver(waiting, record(21, { '2': ['w', 21] }));
    expect(sent).toMatchObject([{ type: 'join-ready' }]);
  });

  it('shows nobody an older epoch under a newer version', () => {
    const decided = record(30, { '1': ['new', 20] });
    decided.epoch = 30;
    channels.show(decided);
    const lost = record(40, { '1': ['new', 20] });
    lost.epoch = 20;
    channels.show(lost);
    expect(regressed).toEqual([connection]);
    expect(sent).toHaveLength(2);
  });
});
