import type { MadeUpEvidence } from '../made-up-evidence.js';
import type { Cases } from './case.js';

const one = (userId: string) => ({ userId, sessionId: `${userId}.1` });

/** Waiting in vain, and coming to no rest. */
export const progressCases: Cases = {
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
        for (let atS = 0; atS <= 60; atS += 10) {
          e.nowUs = atS * 1e6;
          e.clients.joinQueued?.(one('1'), 7, '1.1', 1);
        }
      },
      [/for 60 s nothing/, /for 60 s nothing/],
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
};

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
