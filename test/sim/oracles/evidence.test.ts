import { describe, expect, test } from 'vitest';
import type { Gap } from '../../../sim/media/index.js';
import { type Oracle, oracles } from '../../../sim/oracles/index.js';
import { judged, type MadeUpEvidence } from './made-up-evidence.js';

type Happening = (evidence: MadeUpEvidence) => void;
type Case = readonly [what: string, happen: Happening, said: readonly (string | RegExp)[]];

const gap = (ms: number, changes: Partial<Gap> = {}): Gap => ({
  fromUs: 0,
  toUs: ms * 1000,
  listener: '1',
  talker: '2',
  channelId: 7,
  cause: 'played path broken',
  asleep: false,
  unfinished: false,
  ...changes,
});

const view = (userId: string, version: number, epoch: number, mode: 'p2p' | 'sfu' = 'p2p', ...roster: string[]) => ({
  userId,
  sessionId: `${userId}.1`,
  channelId: 7,
  version,
  epoch,
  mode,
  roster: roster.map((each) => ({ userId: each, sessionId: `${each}.1` })),
});

function tellViews(evidence: MadeUpEvidence, ...views: readonly ReturnType<typeof view>[]): void {
  for (const each of views) evidence.tellView(each);
}

const lock = 'SET lock:channel:7 token NX PX 5000';
const inChannel = { state: 'in', channelId: 7 } as const;

/** Two migrate; `ready` say at once that they are there; after some seconds the migration is rolled back. */
function rollBack(evidence: MadeUpEvidence, ready: readonly string[], afterS: number): void {
  evidence.hash('channel_sessions:7', { 1: 'a|c|0|1', 2: 'b|c|0|1' });
  evidence.hash('migration:7', { state: 'migrating', epoch: 9 }).command('b1', 'EVALSHA', ['migration:7']);
  for (const sessionId of ready) evidence.tellReady({ userId: sessionId, sessionId, channelId: 7, epoch: 9 });
  evidence.nowUs += afterS * 1e6;
  evidence.hash('migration:7', { state: 'rollingBack', epoch: 10 }).command('b1', 'EVALSHA', ['migration:7']);
}

/** A channel of some members is written twice, some seconds apart. */
function waitInMode(evidence: MadeUpEvidence, mode: string, members: number, forS: number): void {
  evidence.sets.set('channel_participants:7', new Set(Array.from({ length: members }, (_, user) => String(user + 1))));
  evidence.hash('channel_state:7', { mode }).command('b1', 'EVALSHA', ['channel_state:7']);
  evidence.nowUs += forS * 1e6;
  evidence.command('b1', 'EVALSHA', ['channel_state:7']);
}

const cases: Readonly<Record<string, readonly Case[]>> = {
  'mode-agreement': [
    [
      'agreement',
      (e) =>
        e.hash('channel_state:7', { mode: 'sfu', epoch: 3 }).tab('1', 'a', { ...inChannel, mode: 'sfu', epoch: 3 }),
      [],
    ],
    [
      'another epoch',
      (e) =>
        e.hash('channel_state:7', { mode: 'sfu', epoch: 3 }).tab('1', 'a', { ...inChannel, mode: 'sfu', epoch: 2 }),
      [/mode sfu of epoch 2, the store has sfu of epoch 3/],
    ],
    [
      'a channel that does not exist',
      (e) => e.tab('1', 'a', { ...inChannel, mode: 'p2p' }),
      [/the store has no such channel/],
    ],
    [
      'somebody who is not in',
      (e) => e.hash('channel_state:7', { mode: 'sfu', epoch: 3 }).tab('1', 'a', { state: 'joining', channelId: 7 }),
      [],
    ],
  ],
  membership: [
    ['a ghost', (e) => void e.sets.set('channel_participants:7', new Set(['1'])), [/user 1 is a ghost/]],
    ['somebody forgotten', (e) => e.tab('1', 'a', inChannel), [/user 1 believes to be in channel 7/]],
  ],
  'participant-count': [
    [
      'a count that differs',
      (e) => {
        e.hash('channel_state:7', { count: 2 }).sets.set('channel_participants:7', new Set(['1']));
        e.command('backend-1', 'EVALSHA x', ['channel_participants:7']);
      },
      [/counts 2 participants and has 1/],
    ],
    [
      'a write of something else',
      (e) => {
        e.hash('channel_state:7', { count: 2 });
        e.command('backend-1', 'SET x', ['connection:1']);
      },
      [],
    ],
  ],
  'exclusive-writes': [
    [
      'the holder',
      (e) =>
        e
          .command('backend-1', lock, ['lock:channel:7'])
          .command('backend-1', 'EVALSHA x', ['channel_state:7', 'lock:channel:7']),
      [],
    ],
    [
      'a holder that has released it',
      (e) =>
        e
          .command('backend-1', lock, ['lock:channel:7'])
          .command('backend-1', 'EVALSHA x', ['channel_state:7', 'lock:channel:7'])
          .command('backend-1', 'HSET y', ['channel_state:7']),
      [/backend-1 writes channel_state:7 while nobody/],
    ],
    [
      'a holder whose lease is over',
      (e) => {
        e.command('backend-1', lock, ['lock:channel:7']);
        e.nowUs = 5_000_001;
        e.command('backend-1', 'EVALSHA x', ['migration:7']);
      },
      [/backend-1 writes migration:7 while nobody/],
    ],
    [
      'somebody else',
      (e) => e.command('backend-1', lock, ['lock:channel:7']).command('backend-2', 'DEL x', ['migration_queue:7']),
      [/backend-2 writes migration_queue:7 while backend-1/],
    ],
    [
      'a lock that was not given',
      (e) =>
        e
          .command('backend-1', lock, ['lock:channel:7'])
          .command('backend-2', lock, ['lock:channel:7'], null)
          .command('backend-2', 'DEL x', ['channel_sessions:7']),
      [/backend-2 writes/],
    ],
  ],
  'lost-join': [
    [
      'a forgotten queue',
      (e) => void e.lists.set('migration_queue:7', ['1|a|b#1|0']),
      [/1 joins are left in migration_queue:7/],
    ],
    [
      'somebody who waits',
      (e) => e.tab('1', 'a', { state: 'queued', channelId: 7 }),
      [/user 1 is still queued for channel 7/],
    ],
    ['somebody who is out', (e) => e.tab('1', 'a', { state: 'out' }), []],
  ],
  'doubled-join': [
    [
      'two tabs in different channels',
      (e) => e.tab('1', 'a', inChannel).tab('1', 'b', { state: 'in', channelId: 8 }),
      [],
    ],
    [
      'two tabs in one channel',
      (e) => e.tab('1', 'a', inChannel).tab('1', 'b', inChannel),
      [/twice: sessions a and b/],
    ],
  ],
  'migration-atomic': [
    ['a switch before somebody is ready', (e) => switchTo(e, ['1']), [/although user 2 has never said/]],
    ['a switch when all are ready', (e) => switchTo(e, ['1', '2']), []],
    [
      'a switch while the store is disturbed',
      (e) => {
        e.fault = true;
        switchTo(e, []);
      },
      [],
    ],
  ],
  'stuck-migration': [
    [
      'a migration at the end',
      (e) => e.hash('migration:7', { state: 'verifying' }),
      [/channel 7 is stuck in verifying/],
    ],
  ],
  'needless-rollback': [
    ['a rollback of what all had said works', (e) => rollBack(e, ['a', 'b'], 20), [/although all 2 members have said/]],
    ['a rollback while one is still on the way', (e) => rollBack(e, ['a'], 20), []],
    ['a rollback before their word can have arrived', (e) => rollBack(e, ['a', 'b'], 4), []],
    [
      'a rollback during a fault',
      (e) => {
        e.fault = true;
        rollBack(e, ['a', 'b'], 20);
      },
      [],
    ],
  ],
  'overdue-switch': [
    [
      'a mesh of three that nobody moves',
      (e) => waitInMode(e, 'p2p', 3, 20),
      [/3 members and has stayed in p2p for 20 s/],
    ],
    ['a mesh of two', (e) => waitInMode(e, 'p2p', 2, 20), []],
    ['a mesh of three for a moment', (e) => waitInMode(e, 'p2p', 3, 10), []],
    ['two in the SFU whom nobody moves', (e) => waitInMode(e, 'sfu', 2, 30), [/2 members and has stayed in sfu/]],
    [
      'a mesh of three that is on the move',
      (e) => {
        e.hash('migration:7', { state: 'migrating' });
        waitInMode(e, 'p2p', 3, 20);
      },
      [],
    ],
    [
      'a mesh of three during a fault',
      (e) => {
        e.fault = true;
        waitInMode(e, 'p2p', 3, 20);
      },
      [],
    ],
  ],
  'orphan-room': [
    [
      'the room of a channel',
      (e) =>
        e
          .hash('channel_state:7', { mode: 'sfu', sfuRoom: 'sfu-1|channel_7|5' })
          .running.push({ node: 'sfu-1', room: 'channel_7', epoch: 5 }),
      [],
    ],
    [
      'its room of an older epoch',
      (e) =>
        e
          .hash('channel_state:7', { mode: 'sfu', sfuRoom: 'sfu-1|channel_7|5' })
          .running.push({ node: 'sfu-1', room: 'channel_7', epoch: 4 }),
      [/room channel_7 \(epoch 4\) on sfu-1 belongs to no channel/, /does not exist on sfu-1/],
    ],
    [
      'the room of a mesh',
      (e) => e.hash('channel_state:7', { mode: 'p2p' }).running.push({ node: 'sfu-1', room: 'channel_7', epoch: 4 }),
      [/belongs to no channel/],
    ],
  ],
  'epoch-order': [
    ['views that grow', (e) => tellViews(e, view('1', 1, 1), view('1', 2, 1), view('1', 5, 5, 'sfu')), []],
    [
      'an older view',
      (e) => tellViews(e, view('1', 2, 1), view('1', 1, 1)),
      [/from version 2 \(epoch 1\) of channel 7 back to 1/],
    ],
    ['an older epoch', (e) => tellViews(e, view('1', 2, 2), view('1', 3, 1)), [/back to 3 \(epoch 1\)/]],
    [
      'one version, two meanings',
      (e) => tellViews(e, view('1', 2, 2), view('2', 2, 2, 'sfu')),
      [/version 2 of channel 7 is sfu of epoch 2 for user 2 and p2p/],
    ],
  ],
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
  'no-progress': [
    ['a long wait in which the channel moves', (e) => wait(e, [39, 78]), []],
    ['a wait in which nothing happens', (e) => wait(e, [5]), [/^user 1 waits to join channel 7, and for 75 s nothing/]],
    [
      'a wait in a fault',
      (e) => {
        e.fault = true;
        wait(e, [5]);
      },
      [],
    ],
    [
      'one who gets on in the queue',
      (e) => {
        e.clients.joinRequested?.(one('1'), 7, '1.1');
        e.clients.joinQueued?.(one('1'), 7, '1.1', 2);
        e.nowUs = 39e6;
        e.clients.joinQueued?.(one('1'), 7, '1.1', 1);
        e.nowUs = 78e6;
      },
      [],
    ],
    [
      'one who is told the same place in the queue again and again',
      (e) => {
        e.clients.joinRequested?.(one('1'), 7, '1.1');
        for (let atS = 0; atS <= 50; atS += 10) {
          e.nowUs = atS * 1e6;
          e.clients.joinQueued?.(one('1'), 7, '1.1', 1);
        }
      },
      [/for 50 s nothing/, /for 50 s nothing/],
    ],
    [
      'one who was told at last',
      (e) => {
        wait(e, []);
        e.clients.joined?.(one('1'), 7, '1.1', 80_000, false);
      },
      [/for 80 s nothing/],
    ],
    [
      'one whose connection was lost',
      (e) => {
        e.clients.joinRequested?.(one('1'), 7, '1.1');
        e.nowUs = 20_000_000;
        e.clients.disconnected?.(one('1'), 'reset');
        e.nowUs = 90_000_000;
      },
      [],
    ],
  ],
  'hot-state': [
    ['a migration', (e) => modes(e, 1, ['p2p', 'sfu']), []],
    [
      'modes in turn',
      (e) => modes(e, 10, ['p2p', 'sfu', 'p2p', 'sfu', 'p2p']),
      [/^channel 7 has changed its mode 4 times and the state of its migration 0 times in 40 s/],
    ],
    [
      'modes in turn, in a fault',
      (e) => {
        e.fault = true;
        modes(e, 10, ['p2p', 'sfu', 'p2p', 'sfu', 'p2p']);
      },
      [],
    ],
    ['people who come and go', (e) => modes(e, 10, ['p2p', 'sfu', 'p2p', 'sfu', 'p2p', 'sfu'], [2, 3]), []],
    [
      'people who come and go, and a mode that does not hold',
      (e) => modes(e, 2, ['p2p', 'sfu', 'p2p', 'sfu', 'p2p'], [2, 3]),
      [/^channel 7 goes back to the mesh twice within 4000 ms/],
    ],
    [
      'a migration that does not get on',
      (e) => {
        e.hash('channel_state:7', { mode: 'p2p', count: 3 });
        for (let i = 0; i < 45; i++) {
          e.nowUs += 1_000_000;
          e.hash('migration:7', { state: i % 2 ? 'migrating' : 'verifying' }).command('b', 'EVALSHA x', [
            'migration:7',
          ]);
        }
      },
      [/the state of its migration 41 times in 41 s/],
    ],
  ],
  'audible-gap': [
    ['a breath', (e) => e.tellGap(gap(200)), []],
    ['a word lost', (e) => e.tellGap(gap(201)), [/user 1 does not hear user 2 in channel 7 for 201 ms/]],
    [
      'a word lost in a fault',
      (e) => {
        e.fault = true;
        e.tellGap(gap(900));
      },
      [],
    ],
    ['a laptop that sleeps', (e) => e.tellGap(gap(5_000, { asleep: true })), []],
    ['one who is just leaving', (e) => e.tellGap(gap(300, { unfinished: true })), []],
    ['one who left because nobody was heard', (e) => e.tellGap(gap(4_000, { unfinished: true })), [/for 4000 ms/]],
  ],
  'mesh-limit': [
    ['a mesh at its limit', (e) => mesh(e, 10), []],
    ['one more', (e) => mesh(e, 11), [/channel 7 is a mesh of 11, the limit is 10/]],
    ['as many on an SFU', (e) => mesh(e, 11, 'sfu'), []],
  ],
  'early-rollback': [
    ['a migration that is completed', (e) => migration(e, 2, () => e.hash('channel_state:7', { epoch: 5 })), []],
    ['one that is undone', (e) => migration(e, 2), [/channel 7 is undone after 2000 ms/]],
    ['one whose time is over', (e) => migration(e, 30), []],
    ['one that a member cannot follow', (e) => migration(e, 2, () => e.tellFailed({ userId: '1', channelId: 7 })), []],
    ['one whose members have gone', (e) => migration(e, 2, () => e.sets.set('channel_participants:7', new Set())), []],
  ],
};

const one = (userId: string) => ({ userId, sessionId: `${userId}.1` });

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

/** Somebody waits for 80 s; the channel moves at some of them. */
function wait(evidence: MadeUpEvidence, movesS: readonly number[]): void {
  evidence.clients.joinRequested?.(one('1'), 7, '1.1');
  for (const atS of movesS) {
    evidence.nowUs = atS * 1e6;
    evidence.command('backend-1', 'EVALSHA x', ['channel_state:7']);
  }
  evidence.nowUs = 80e6;
}

/** A channel changes its mode; its members change along, when there are any. */
function modes(
  evidence: MadeUpEvidence,
  everyS: number,
  each: readonly string[],
  counts: readonly number[] = [3],
): void {
  each.forEach((mode, index) => {
    evidence.nowUs = index * everyS * 1e6;
    evidence.hash('channel_state:7', { mode, count: counts[index % counts.length]! });
    evidence.command('backend-1', 'EVALSHA x', ['channel_state:7']);
  });
}

function mesh(evidence: MadeUpEvidence, size: number, mode = 'p2p'): void {
  evidence.hash('channel_state:7', { mode });
  evidence.sets.set('channel_participants:7', new Set(Array.from({ length: size }, (_, user) => String(user))));
  evidence.command('backend-1', 'EVALSHA x', ['channel_state:7']);
}

/** A migration begins, and is gone some time later. */
function migration(evidence: MadeUpEvidence, seconds: number, meanwhile: () => void = () => undefined): void {
  evidence.hash('channel_state:7', { epoch: 1 }).hash('migration:7', { state: 'migrating' });
  evidence.sets.set('channel_participants:7', new Set(['1', '2']));
  evidence.command('backend-1', 'EVALSHA x', ['migration:7']);
  evidence.nowUs += seconds * 1e6;
  meanwhile();
  evidence.hash('migration:7', {}).command('backend-1', 'EVALSHA x', ['migration:7']);
}

/** A channel of two goes from the mesh to the SFU after some have said that they are ready. */
function switchTo(evidence: MadeUpEvidence, ready: readonly string[]): void {
  evidence.hash('channel_sessions:7', { 1: '1.1|b#1|0', 2: '2.1|b#2|0' });
  evidence.hash('channel_state:7', { mode: 'p2p', epoch: 1 }).command('backend-1', 'EVALSHA x', ['channel_state:7']);
  for (const userId of ready) evidence.tellReady({ userId, sessionId: `${userId}.1`, channelId: 7, epoch: 4 });
  evidence.hash('channel_state:7', { mode: 'sfu', epoch: 6 }).command('backend-1', 'EVALSHA x', ['channel_state:7']);
}

describe.each(Object.entries(cases))('%s', (id, each) => {
  const oracle = oracles.find((one) => one.id === id) as Oracle;
  test.each(each)('%s', (_, happen, said) => {
    const words = judged(oracle, happen);
    expect(words).toHaveLength(said.length);
    said.forEach((pattern, index) => {
      expect(words[index]).toMatch(pattern);
    });
  });
});
