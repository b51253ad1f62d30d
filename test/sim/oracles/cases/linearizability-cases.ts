import type { MadeUpEvidence } from '../made-up-evidence.js';
import type { Cases } from './case.js';
import { view } from './made-up-view.js';

const inChannel = { state: 'in', channelId: 7 } as const;
const one = (userId: string) => ({ userId, sessionId: `${userId}.1` });

/** The lock and the list of members as histories. */
export const linearizabilityCases: Cases = {
  'lock-linearizable': [
    [
      'one after the other',
      (e) => {
        for (const client of ['backend-1', 'backend-2']) lockTo(e, client, client).lockTo(e, client, null);
      },
      [],
    ],
    [
      'two at once',
      (e) => void lockTo(e, 'backend-1', 'x').lockTo(e, 'backend-2', 'y'),
      [
        /^backend-2 gets the lock of channel 7 while backend-1 holds it for another 4950 ms: "acquire y -> yes" of backend-2/,
      ],
    ],
    [
      'one after the lease of the other',
      (e) => {
        lockTo(e, 'backend-1', 'x');
        e.nowUs = 4_960_000;
        lockTo(e, 'backend-2', 'y');
      },
      [],
    ],
    [
      'a lock given back by who has lost it',
      (e) => {
        lockTo(e, 'backend-1', 'x');
        e.nowUs = 6_000_000;
        lockTo(e, 'backend-2', 'y');
        e.nowUs = 6_100_000;
        lockTo(e, 'backend-1', null);
      },
      [/^backend-1 gives back the lock of channel 7 while backend-2 holds it for another 4850 ms/],
    ],
    [
      'two at once after a failover',
      (e) => {
        e.fault = true;
        lockTo(e, 'backend-1', 'x').lockTo(e, 'backend-2', 'y');
      },
      [],
    ],
  ],
  'membership-linearizable': [
    ['a later list with everybody', (e) => join(e, '1', 5).tellView(view('2', 6, 1, 'p2p', '2', '1')), []],
    [
      'a later list without one',
      (e) => join(e, '1', 5).tellView(view('2', 6, 1, 'p2p', '2')),
      [/^user 2 is shown version 6 of channel 7 without user 1, who has joined with version 5 and has not left/],
    ],
    ['an older list without one', (e) => join(e, '1', 5).tellView(view('2', 4, 1, 'p2p', '2')), []],
    [
      'a list without one who is leaving',
      (e) => {
        join(e, '1', 5).clients.leaving?.(one('1'), 7);
        e.tellView(view('2', 6, 1, 'p2p', '2'));
      },
      [],
    ],
    [
      'a list without one whose grace time may be over',
      (e) => {
        join(e, '1', 5).nowUs = 27_000_001;
        e.tellView(view('2', 6, 1, 'p2p', '2'));
      },
      [],
    ],
    [
      'a list without one whom the service has had in between',
      (e) => {
        join(e, '1', 5).hash('channel_sessions:7', { 1: '1.1|b#1|0|5' }).nowUs = 20_000_000;
        e.tellView(view('2', 6, 1, 'p2p', '2', '1'));
        e.nowUs = 40_000_000;
        e.tellView(view('2', 7, 1, 'p2p', '2'));
      },
      [/shown version 7 of channel 7 without user 1/],
    ],
    [
      'a list without one whom a failover has lost',
      (e) => {
        join(e, '1', 5).fault = true;
        e.tellView(view('2', 6, 1, 'p2p', '2'));
      },
      [],
    ],
    [
      'lists that differ in the end',
      (e) => {
        e.sets.set('channel_participants:7', new Set(['1', '2']));
        e.tab('1', '1.1', { ...inChannel, roster: [one('1'), one('2')] });
        e.tab('2', '2.1', { ...inChannel, roster: [one('2'), one('3')] });
      },
      [/^the list of members that user 2 is shown in channel 7 lacks 1 and has 3 who is not a member$/],
    ],
  ],
};

/** Somebody takes the lock under a lease, or gives it back. */
function lockTo(evidence: MadeUpEvidence, client: string, lease: string | null) {
  const key = 'lock:channel:7';
  if (lease === null) evidence.strings.delete(key);
  else evidence.strings.set(key, lease);
  evidence.command(client, 'EVALSHA x', [key]);
  return { lockTo };
}

/** A user asks, and is told at once. */
function join(evidence: MadeUpEvidence, userId: string, version: number): MadeUpEvidence {
  evidence.clients.joinRequested?.(one(userId), 7, `${userId}.1`);
  evidence.clients.joined?.(one(userId), 7, `${userId}.1`, 0, false);
  evidence.tellView(view(userId, version, 1, 'p2p', userId));
  return evidence;
}
