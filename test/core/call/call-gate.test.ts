import { expect, test } from 'vitest';
import type { CallBackend } from '../../../core/call/call-backend.js';
import { CallGate } from '../../../core/call/call-gate.js';

function gate() {
  const heard: string[] = [];
  const backend = {
    onMessage: ({ userId }: { userId: string }, { type }: { type: string }) => heard.push(`${userId} ${type}`),
    onHeartbeat: ({ userId }: { userId: string }, version: number) => heard.push(`${userId} beats ${version}`),
    left: async ({ userId }: { userId: string }) => void heard.push(`${userId} left`),
  } as unknown as CallBackend;
  const refused: string[] = [];
  const it = new CallGate(backend, (_localId, requestId, problem) => refused.push(`${requestId}: ${problem}`));
  return { it, heard, refused };
}

const hello = { type: 'hello', userId: '7', sessionId: 's', connects: 1 };

test('whoever has said hello may speak of calls, and its heartbeats count', () => {
  const { it, heard, refused } = gate();
  expect(it.onMessage('c', hello)).toBe(false);
  expect(it.onMessage('c', { type: 'call-on', requestId: 'r', org: 1 })).toBe(true);
  expect(it.onMessage('c', { type: 'ping', channelId: null, version: 0, call: 5 })).toBe(false);
  expect(it.onMessage('c', { type: 'ping', channelId: null, version: 0 })).toBe(false);
  expect(it.onMessage('c', { type: 'join', requestId: 'r', channelId: 1 })).toBe(false);
  it.onClose('c', true);
  expect(heard).toEqual(['7 call-on', '7 beats 5', '7 left']);
  expect(refused).toEqual([]);
});

test.each([
  [{ type: 'call-on', requestId: 'r', org: 0 }, 'r: org'],
  [{ type: 'call-on', requestId: 'a b', org: 1 }, 'a b: requestId'],
  [{ type: 'call-accept', requestId: 'r', callId: 'staff' }, 'r: callId'],
  [{ type: 'call-offer', requestId: 'r', org: 1, user: '8' }, 'r: message'],
  [{ type: 'call-me', requestId: 'r' }, 'r: type'],
  [{ type: 'call-hang-up', requestId: 3, callId: '7.r' }, 'null: requestId'],
])('%j is refused at the border', (message, problem) => {
  const { it, heard, refused } = gate();
  it.onMessage('c', hello);
  expect(it.onMessage('c', message)).toBe(true);
  expect(heard).toEqual([]);
  expect(refused).toHaveLength(1);
  expect(refused[0]).toContain(problem);
});

test('nobody speaks before hello, nor after the end; a connection that breaks has not left', () => {
  const { it, heard, refused } = gate();
  it.onMessage('c', { type: 'call-on', requestId: 'r', org: 1 });
  it.onMessage('c', hello);
  it.onClose('c', false);
  it.onMessage('c', { type: 'call-on', requestId: 'r', org: 1 });
  expect(heard).toEqual([]);
  expect(refused).toEqual(['r: hello first', 'r: hello first']);
});
