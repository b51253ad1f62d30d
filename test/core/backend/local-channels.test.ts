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
      channelId: null,
      wish: 7,
      queued: false,
      sinceVersion: 0,
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
});
