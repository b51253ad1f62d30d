import type { MadeUpEvidence } from '../made-up-evidence.js';
import type { Cases } from './case.js';

/** Migrations and what comes of them. */
export const migrationCases: Cases = {
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
    [
      'a rollback after one of them has gone, which the store does not know',
      (e) => {
        leave(e, 'a');
        rollBack(e, ['a', 'b'], 20);
      },
      [/although all 2 members have said/],
    ],
    [
      'a rollback after the old tab of one was closed',
      (e) => {
        closeOldTab(e, '1', 'a');
        rollBack(e, ['a', 'b'], 20);
      },
      [/although all 2 members have said/],
    ],
    [
      'a rollback after one has gone that had said nothing',
      (e) => {
        leave(e, 'b');
        rollBack(e, ['a'], 20);
      },
      [],
    ],
    [
      'a rollback after one has gone and was let in again',
      (e) => {
        leave(e, 'a');
        e.clients.joined?.({ userId: '1', sessionId: 'a' }, 7, 'r', 0, false);
        rollBack(e, ['a', 'b'], 20);
      },
      [/although all 2 members have said/],
    ],
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
  'early-rollback': [
    ['a migration that is completed', (e) => migration(e, 2, () => e.hash('channel_state:7', { epoch: 5 })), []],
    ['one that is undone', (e) => migration(e, 2), [/channel 7 is undone after 2000 ms/]],
    ['one whose time is over', (e) => migration(e, 30), []],
    ['one whose time is over, and whose beginning was written late', (e) => migration(e, 25), []],
    ['one whose time is nearly over', (e) => migration(e, 24), [/undone after 24000 ms/]],
    ['one that a member cannot follow', (e) => migration(e, 2, () => e.tellFailed({ userId: '1', channelId: 7 })), []],
    [
      'one that is undone during a fault',
      (e) => {
        e.fault = true;
        migration(e, 2);
      },
      [],
    ],
    [
      'one whose members leave, although one of them is back at once',
      (e) => migration(e, 2, () => leave(e, 'a', 'b')),
      [],
    ],
    [
      'one that is undone although a member stays',
      (e) => migration(e, 2, () => leave(e, 'a')),
      [/channel 7 is undone after 2000 ms/],
    ],
    [
      'one that is undone although a member who had left was back before',
      (e) =>
        migration(e, 2, () => {
          leave(e, 'a', 'b');
          e.clients.joined?.({ userId: '1', sessionId: 'a' }, 7, 'r', 0, false);
        }),
      [/channel 7 is undone after 2000 ms/],
    ],
    [
      'one that is undone after the old tabs of all were closed',
      (e) =>
        migration(e, 2, () => {
          closeOldTab(e, '1', 'a');
          closeOldTab(e, '2', 'b');
        }),
      [/channel 7 is undone after 2000 ms/],
    ],
    ['one whose members have gone', (e) => migration(e, 2, () => e.hash('channel_sessions:7', {})), []],
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
};

/** Two migrate; `ready` say at once that they are there; after some seconds the migration is rolled back. */
export function rollBack(evidence: MadeUpEvidence, ready: readonly string[], afterS: number): void {
  evidence.hash('channel_sessions:7', { 1: 'a|c|0|1', 2: 'b|c|0|1' });
  evidence.sets.set('channel_participants:7', new Set(['1', '2']));
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

/** A migration begins, and is gone some time later. */
function migration(evidence: MadeUpEvidence, seconds: number, meanwhile: () => void = () => undefined): void {
  evidence.hash('channel_state:7', { epoch: 1 }).hash('migration:7', { state: 'migrating' });
  evidence.hash('channel_sessions:7', { 1: 'a|c|0|1', 2: 'b|c|0|1' });
  evidence.command('backend-1', 'EVALSHA x', ['migration:7']);
  evidence.nowUs += seconds * 1e6;
  meanwhile();
  evidence.hash('migration:7', {}).command('backend-1', 'EVALSHA x', ['migration:7']);
}

/** A person has come with another tab, which is a member, and then closes the one before. */
export function closeOldTab(evidence: MadeUpEvidence, userId: string, present: string): void {
  const old = { userId, sessionId: `old-${present}` };
  evidence.clients.joinRequested?.(old, 7, 'r0');
  evidence.clients.joined?.(old, 7, 'r0', 0, false);
  evidence.clients.joinRequested?.({ userId, sessionId: present }, 7, 'r1');
  evidence.clients.joined?.({ userId, sessionId: present }, 7, 'r1', 0, false);
  evidence.clients.tabClosed?.(old, 'left');
}

function leave(evidence: MadeUpEvidence, ...sessions: string[]): void {
  for (const sessionId of sessions) evidence.clients.leaving?.({ userId: sessionId === 'a' ? '1' : '2', sessionId }, 7);
}

/** A channel of two goes from the mesh to the SFU after some have said that they are ready. */
function switchTo(evidence: MadeUpEvidence, ready: readonly string[]): void {
  evidence.hash('channel_sessions:7', { 1: '1.1|b#1|0', 2: '2.1|b#2|0' });
  evidence.hash('channel_state:7', { mode: 'p2p', epoch: 1 }).command('backend-1', 'EVALSHA x', ['channel_state:7']);
  for (const userId of ready) evidence.tellReady({ userId, sessionId: `${userId}.1`, channelId: 7, epoch: 4 });
  evidence.hash('channel_state:7', { mode: 'sfu', epoch: 6 }).command('backend-1', 'EVALSHA x', ['channel_state:7']);
}
