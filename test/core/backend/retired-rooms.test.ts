import { describe, expect, it } from 'vitest';
import { Caretaker, type CaretakerOptions } from '../../../core/backend/caretaker.js';
import { Reconciler } from '../../../core/backend/reconciler.js';
import { encodeRoom } from '../../../core/channel/channel-record.js';
import { PolicyProfiles } from '../../../core/policy.js';

const policy = PolicyProfiles.channels;
const room = { node: 'n1', room: 'channel_7', epoch: 1_700_000_000_000 };
const encoded = encodeRoom(room);

/** What becomes of a retired room that is due so long after its epoch. @param present who is in it; null: its node does not say */
async function due(afterMs: number, present: readonly string[] | null): Promise<unknown[][]> {
  const done: unknown[][] = [];
  class Looks extends Caretaker {
    look(nowMs: number): Promise<void> {
      return this.stopRoom(encoded, nowMs);
    }
  }
  const options = {
    Reconciler,
    policy,
    ports: {
      redis: { call: async (...words: unknown[]) => void done.push(words) },
      sfu: {
        participants: async () => {
          if (present === null) throw new Error('stale epoch');
          return present;
        },
        stopRoom: async (each: unknown) => void done.push(['stop', each]),
      },
    },
    nodes: { alive: () => true },
  };
  await new Looks(options as unknown as CaretakerOptions).look(room.epoch + afterMs);
  return done;
}

const SOON = 45_000;
const later = ['ZADD', 'voice:retired_rooms', 'XX', room.epoch + SOON + policy.roomRetireMs, encoded];
const stopped = [
  ['stop', room],
  ['ZREM', 'voice:retired_rooms', encoded],
];

describe('a room that was left', () => {
  it('is left to those who are still in it together, soon after a failed attempt: they may have no other path', async () => {
    expect(await due(SOON, ['1', '2'])).toEqual([later]);
  });

  it('is looked at again when its node does not say who is there', async () => {
    expect(await due(SOON, null)).toEqual([later]);
  });

  it.each([[[]], [['1']]])('is stopped when there are no two: %j', async (present) => {
    expect(await due(SOON, present)).toEqual(stopped);
  });

  it.each([[['1', '2']], [null]])('is stopped when the next attempt has had its time: %j', async (present) => {
    expect(await due(130_000 - 1, present)).toHaveLength(1);
    expect(await due(130_000, present)).toEqual(stopped);
  });
});
