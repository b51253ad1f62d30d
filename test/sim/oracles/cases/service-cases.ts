import type { MadeUpEvidence } from '../made-up-evidence.js';
import type { Cases } from './case.js';
import { closeOldTab } from './migration-cases.js';

const one = (userId: string) => ({ userId, sessionId: `${userId}.1` });

/** A user is in a room with a token of some moment. */
function inside(e: MadeUpEvidence, userId: string, stamp: number): void {
  e.inside.push({ userId, sessionId: `${userId}.1`, room: 'channel_7', stamp });
}

/** All tokens of a user up to a moment are revoked, and somebody writes something so long after it. */
function revoke(e: MadeUpEvidence, userId: string, stamp: number, afterS: number): void {
  e.nowUs = 10e6;
  e.strings.set(`tokens_revoked:${userId}`, String(stamp));
  e.command('b', 'EVALSHA x', [`tokens_revoked:${userId}`]);
  e.nowUs += afterS * 1e6;
  e.command('b', 'HSET y', ['channel_state:7']);
}

/** Two are in channel 7, and each is shown some of those in it; the store goes on for so long. */
function together(e: MadeUpEvidence, shown: readonly [string[], string[]], seconds: number): void {
  const roster = (users: readonly string[]) => users.map(one);
  for (const [index, userId] of ['1', '2'].entries())
    e.tab(userId, `${userId}.1`, { state: 'in', channelId: 7, roster: roster(shown[index]!) });
  for (const userId of ['1', '2']) e.clients.viewApplied?.(one(userId), 7, 1, 1, 'p2p', []);
  goOn(e, seconds);
}

function goOn(e: MadeUpEvidence, seconds: number): void {
  for (let s = 0; s <= seconds; s += 5) {
    e.command('b', 'HSET y', ['channel_state:9']);
    e.nowUs += 5e6;
  }
}

const APART = /users 1 and 2 have both been in channel 7 for a minute, but 1 is not shown 2/;

/** A migration that two are in the middle of, and then it is gone; in between something may happen. */
function dropped(e: MadeUpEvidence, between: () => void = () => undefined): void {
  e.hash('channel_state:7', { epoch: 1, failures: 0 }).hash('channel_sessions:7', { 1: '1.1|c|0|1', 2: '2.1|c|0|1' });
  e.hash('migration:7', { state: 'migrating', startedAt: 5 }).command('b', 'EVALSHA x', ['migration:7']);
  between();
  e.hash('migration:7', {}).command('b', 'DEL migration:7', ['migration:7']);
}

/** Tokens, revocations, operators and a store that some cannot reach. */
export const serviceCases: Cases = {
  'token-window': [
    [
      'as many as there may be, in each window',
      (e) => {
        for (const atMs of [0, 1, 1_000, 1_001, 2_000]) e.tellIssued('1', atMs);
      },
      [],
    ],
    [
      'one more within a window that begins anywhere',
      (e) => {
        for (const atMs of [0, 900, 999]) e.tellIssued('1', atMs);
      },
      ['user 1 was given 3 tokens within 999 ms; the limit is 2 in 1000 ms'],
    ],
    [
      'one more, told in another order',
      (e) => {
        for (const atMs of [700, 1_500, 800]) e.tellIssued('1', atMs);
      },
      ['user 1 was given 3 tokens within 800 ms; the limit is 2 in 1000 ms'],
    ],
    [
      'three users at once',
      (e) => {
        for (const userId of ['1', '2', '3', '1', '2', '3']) e.tellIssued(userId, 5);
      },
      [],
    ],
    [
      'a store that has forgotten some',
      (e) => {
        e.tellIssued('1', 0);
        e.tellIssued('1', 1);
        e.fault = true;
        e.tellIssued('1', 2);
        e.fault = false;
        e.tellIssued('1', 3);
        e.tellIssued('1', 4);
      },
      [],
    ],
  ],
  'revoked-means-revoked': [
    [
      'one who is inside with a token of after the revocation',
      (e) => {
        inside(e, '1', 101);
        revoke(e, '1', 100, 60);
      },
      [],
    ],
    [
      'one who is removed in time',
      (e) => {
        inside(e, '1', 100);
        revoke(e, '1', 100, 4);
        e.inside.pop();
      },
      [],
    ],
    [
      'one who stays, also at the end',
      (e) => {
        inside(e, '1', 100);
        revoke(e, '1', 100, 6);
      },
      [
        'user 1 (session 1.1) is in channel_7 with a revoked token 6 s after its revocation',
        'user 1 (session 1.1) is in channel_7 with a revoked token',
      ],
    ],
    [
      'somebody else',
      (e) => {
        inside(e, '2', 50);
        revoke(e, '1', 100, 60);
      },
      [],
    ],
  ],
  'silent-split': [
    [
      'two who are shown each other',
      (e) =>
        together(
          e,
          [
            ['1', '2'],
            ['1', '2'],
          ],
          120,
        ),
      [],
    ],
    ['two of whom one is not shown the other', (e) => together(e, [['1'], ['1', '2']], 70), [APART]],
    ['the same for less than a minute', (e) => together(e, [['1'], ['1', '2']], 50), []],
    [
      'one of them is told that the service is degraded',
      (e) => {
        e.clients.degraded?.(one('1'), 'store', true);
        together(e, [['1'], ['1', '2']], 120);
      },
      [],
    ],
    [
      'one was told so, and then that all is well',
      (e) => {
        e.clients.degraded?.(one('1'), 'store', true);
        e.clients.degraded?.(one('1'), 'store', false);
        together(e, [['1'], ['1', '2']], 70);
      },
      [APART],
    ],
    [
      'one of them has no connection, and knows it',
      (e) => {
        e.clients.disconnected?.(one('2'), 'silent');
        together(e, [['1'], ['1', '2']], 120);
      },
      [],
    ],
    [
      'one was without a connection, and is back',
      (e) => {
        e.clients.disconnected?.(one('2'), 'silent');
        e.clients.connected?.(one('2'), 'backend-1');
        together(e, [['1'], ['1', '2']], 70);
      },
      [APART],
    ],
    ...(['disconnected', 'degraded'] as const).map((how): Cases[string][number] => [
      `${how} in between, which was long ago`,
      (e) => {
        together(e, [['1'], ['1', '2']], 30);
        if (how === 'degraded') e.clients.degraded?.(one('1'), 'store', true);
        else e.clients.disconnected?.(one('1'), 'silent');
        goOn(e, 30);
        if (how === 'degraded') e.clients.degraded?.(one('1'), 'store', false);
        else e.clients.connected?.(one('1'), 'backend-1');
        goOn(e, 70);
      },
      [APART],
    ]),
  ],
  'migration-dropped': [
    [
      'a migration that is just gone',
      (e) => dropped(e),
      ['the migration of channel 7 is gone while 2 members were in the middle of it'],
    ],
    [
      'one that is over: the mode has been decided',
      (e) => dropped(e, () => e.hash('channel_state:7', { epoch: 2, failures: 0 })),
      [],
    ],
    ['one that has failed', (e) => dropped(e, () => e.hash('channel_state:7', { epoch: 1, failures: 1 })), []],
    ['one whose members have gone', (e) => dropped(e, () => e.hash('channel_sessions:7', {})), []],
    [
      'one that is just gone after the old tabs of its members were closed',
      (e) =>
        dropped(e, () => {
          closeOldTab(e, '1', '1.1');
          closeOldTab(e, '2', '2.1');
        }),
      ['the migration of channel 7 is gone while 2 members were in the middle of it'],
    ],
    [
      'one of whose members one has said good-bye, and the other came back with another tab',
      (e) =>
        dropped(e, () => {
          e.clients.leaving?.(one('1'), 7);
          e.hash('channel_sessions:7', { 1: '1.1|c|0|1', 2: '2.2|c|0|1' });
        }),
      [],
    ],
    [
      'one of whose members one has said good-bye',
      (e) => dropped(e, () => e.clients.leaving?.(one('1'), 7)),
      ['the migration of channel 7 is gone while 1 members were in the middle of it'],
    ],
    [
      'one that is lost with the store',
      (e) =>
        dropped(e, () => {
          e.fault = true;
        }),
      [],
    ],
  ],
};
