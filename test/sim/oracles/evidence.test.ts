import { describe, expect, test } from 'vitest';
import type { Gap } from '../../../sim/media/index.js';
import { earlyRollback } from '../../../sim/oracles/early-rollback.js';
import { type Oracle, oracles } from '../../../sim/oracles/index.js';
import { needlessRollback } from '../../../sim/oracles/needless-rollback.js';
import { callCases, routingCases } from './cases/call-cases.js';
import type { Cases } from './cases/case.js';
import { linearizabilityCases } from './cases/linearizability-cases.js';
import { view } from './cases/made-up-view.js';
import { migrationCases, rollBack } from './cases/migration-cases.js';
import { progressCases } from './cases/progress-cases.js';
import { serviceCases } from './cases/service-cases.js';
import { voiceCases } from './cases/voice-cases.js';
import { judged, type MadeUpEvidence } from './made-up-evidence.js';

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

function tellViews(evidence: MadeUpEvidence, ...views: readonly ReturnType<typeof view>[]): void {
  for (const each of views) evidence.tellView(each);
}

const lock = 'SET lock:channel:7 token NX PX 5000';
const inChannel = { state: 'in', channelId: 7 } as const;

const cases: Cases = {
  ...migrationCases,
  ...linearizabilityCases,
  ...progressCases,
  ...voiceCases,
  ...callCases,
  ...routingCases,
  ...serviceCases,
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
  'newest-tab': [
    ['an old tab that is out', (e) => e.tab('1', 'a', { state: 'out' }).tab('1', 'b', inChannel), []],
    ['a new tab that still asks', (e) => e.tab('1', 'a', inChannel).tab('1', 'b', { state: 'joining' }), []],
    [
      'a new tab that is out',
      (e) => e.tab('1', 'a', inChannel).tab('1', 'b', { state: 'out' }),
      [/user 1 is out although the newest tab \(session b\)/],
    ],
    ['one that is about to close', (e) => e.tab('1', 'a', { state: 'out' }, { leaving: true }), []],
    [
      'one that was opened before the first had an answer',
      (e) => e.tab('1', 'a', { state: 'out' }, { crossed: true }),
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
      'an older epoch for one who has left, has been elsewhere, and is back',
      (e) => {
        tellViews(e, view('1', 2, 2));
        e.clients.leaving?.(view('1', 2, 2), 7);
        tellViews(e, { ...view('1', 9, 9), channelId: 8 }, view('1', 3, 1), view('1', 4, 1));
      },
      [/back to 3 \(epoch 1\)/],
    ],
    [
      'an older view for one who has left, and is back',
      (e) => {
        tellViews(e, view('1', 2, 2));
        e.clients.leaving?.(view('1', 2, 2), 7);
        tellViews(e, view('1', 1, 1));
      },
      [/from version 2 \(epoch 2\) of channel 7 back to 1/],
    ],
    [
      'one version, two meanings',
      (e) => tellViews(e, view('1', 2, 2), view('2', 2, 2, 'sfu')),
      [/version 2 of channel 7 is sfu of epoch 2 for user 2 and p2p/],
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
  'room-limit': [
    ['five rooms of a user, and two of another', (e) => rooms(e, ['1', 5], ['2', 2]), []],
    ['six rooms of a user', (e) => rooms(e, ['1', 6], ['2', 2]), [/user 1 is in 6 channels; a user may be in 5/]],
    [
      'a sixth after the fifth was left',
      (e) => {
        rooms(e, ['1', 5]);
        e.sets.set('channel_participants:5', new Set());
        e.command('b', 'EVALSHA', ['channel_participants:5']);
        e.sets.set('channel_participants:6', new Set(['1']));
        e.command('b', 'EVALSHA', ['channel_participants:6']);
      },
      [],
    ],
  ],
  'mesh-limit': [
    ['a mesh at its limit', (e) => mesh(e, 10), []],
    ['one more', (e) => mesh(e, 11), [/channel 7 is a mesh of 11, the limit is 10/]],
    ['as many on an SFU', (e) => mesh(e, 11, 'sfu'), []],
  ],
};

/** Each user comes into so many channels. */
function rooms(evidence: MadeUpEvidence, ...users: readonly (readonly [string, number])[]): void {
  for (let channel = 1; channel <= 9; channel++) {
    const members = users.filter(([, count]) => channel <= count).map(([userId]) => userId);
    if (members.length === 0) return;
    evidence.sets.set(`channel_participants:${channel}`, new Set(members));
    evidence.command('b', 'EVALSHA', [`channel_participants:${channel}`]);
  }
}

function mesh(evidence: MadeUpEvidence, size: number, mode = 'p2p'): void {
  evidence.hash('channel_state:7', { mode });
  evidence.sets.set('channel_participants:7', new Set(Array.from({ length: size }, (_, user) => String(user))));
  evidence.command('backend-1', 'EVALSHA x', ['channel_state:7']);
}

test('there are cases for every oracle but those that need a whole world', () => {
  // what these say is tested in sabotaged worlds (oracles.test.ts, scenarios/hazards)
  expect(oracles.map(({ id }) => id).filter((id) => cases[id] === undefined)).toEqual([
    'one-path',
    'no-convergence',
    'rollout-flag',
    'rollout-gate',
  ]);
});

describe('a rollback before its time without a reason, and one of what was done, are two things', () => {
  const said = (happen: (evidence: MadeUpEvidence) => void) =>
    [earlyRollback, needlessRollback].filter((oracle) => judged(oracle, happen).length > 0).map(({ id }) => id);

  test.each([
    ['undone at once, before anybody can have answered', 2, [], ['early-rollback']],
    ['undone at once, although all are ready', 2, ['a', 'b'], ['early-rollback']],
    ['undone when its time is over, although all are ready', 31, ['a', 'b'], ['needless-rollback']],
    ['undone when its time is over, one being on the way', 31, ['a'], []],
    ['undone before its time, long after all were ready', 20, ['a', 'b'], ['early-rollback', 'needless-rollback']],
  ] as const)('%s', (_, afterS, ready, expected) => {
    expect(said((evidence) => rollBack(evidence, ready, afterS))).toEqual(expected);
  });
});

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
