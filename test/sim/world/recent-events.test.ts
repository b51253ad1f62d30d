import { describe, expect, test } from 'vitest';
import { Trace } from '../../../sim/kernel/index.js';
import { eventLabel, recentEvents } from '../../../sim/world/recent-events.js';

function traceOf(fill: (trace: Trace) => void): Trace {
  const trace = new Trace({ nowUs: 5 });
  fill(trace);
  return trace;
}

describe('recent events of a finding', () => {
  const busy = traceOf((trace) => {
    for (let i = 0; i < 6; i++) trace.message('client-7', 'backend-1', 'signal', i);
    trace.message('client-8', 'backend-1', 'signal', 1);
    trace.record('sfu-1', 'sfu.room', 'channel_3#17');
    trace.record('sfu-1', 'sfu.room', 'channel_33#17');
    for (let i = 0; i < 100; i++) {
      trace.message('client-7', 'backend-1', 'ping', 1);
      trace.message('backend-1', 'client-7', 'pong', 1);
      trace.message('redis-1', 'redis-2', 'redis-replication', 1);
      trace.message('redis-1', 'backend-1', 'redis.reply', 'PING');
    }
  });

  test('are those of its hosts and channels, without heartbeats and replication', () => {
    const events = recentEvents(busy, ['7', 'channel 3']);
    expect(events.map(({ kind, host }) => `${kind} ${host}`)).toEqual([
      ...Array.from({ length: 6 }, () => 'signal client-7'),
      'sfu.room sfu-1',
    ]);
  });

  test('are the last of all where there are too few of them', () => {
    expect(recentEvents(busy, ['8']).map(({ host }) => host)).toEqual([
      ...Array.from({ length: 6 }, () => 'client-7'),
      'client-8',
      'sfu-1',
      'sfu-1',
    ]);
  });

  test('are at most 40', () => {
    const long = traceOf((trace) => {
      for (let i = 0; i < 300; i++) trace.message('backend-1', 'client-7', 'channel', 1);
    });
    expect(recentEvents(long, ['7'])).toHaveLength(40);
  });
});

const event = { atUs: 1, host: 'client-1' };
const view = { channelId: 3, version: 9, epoch: 4, mode: 'p2p', roster: [], migration: { epoch: 9, phase: 'connect' } };

test.each([
  [{ ...event, to: 'backend-1', kind: 'ready', key: 51 }, 'ready'],
  [
    { ...event, to: 'backend-1', kind: 'ready', key: 51, detail: { channelId: 3, epoch: 9 } },
    'ready, channel 3, epoch 9',
  ],
  [
    { ...event, kind: 'joined', to: 'backend-1', key: 1, detail: { type: 'joined', requestId: 'r', view } },
    'joined, channel 3, version 9, epoch 4, p2p, epoch 9, phase connect',
  ],
  [{ ...event, kind: 'client.view', key: 1700000007897, detail: 'sfu' }, 'client.view version 1700000007897, sfu'],
  [{ ...event, kind: 'client.joined', key: 3 }, 'client.joined channel 3'],
  [
    { ...event, kind: 'sfu.down', key: 'sfu-1/channel_3/17', detail: 'timeout' },
    'sfu.down sfu-1/channel_3/17, timeout',
  ],
  [
    { ...event, kind: 'log', key: 'SFU node is dead', detail: { node: 'sfu-1', error: 'x' } },
    'log SFU node is dead, x',
  ],
  [{ ...event, kind: 'redis.reply', to: 'redis-1', key: 'EVALSHA' }, 'redis.reply to EVALSHA'],
])('an event in words: %o', (entry, words) => {
  expect(eventLabel(entry)).toBe(words);
});
