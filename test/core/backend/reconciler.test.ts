import { describe, expect, it } from 'vitest';
import type { CaretakerOptions } from '../../../core/backend/caretaker.js';
import { Reconciler } from '../../../core/backend/reconciler.js';
import { type ChannelRecord, emptyChannel, encodeRoom } from '../../../core/channel/channel-record.js';
import type { SfuRoom } from '../../../core/ports.js';

const room = (epoch: number): SfuRoom => ({ node: 'n1', room: 'channel_7', epoch });

/** Rooms that a look at the node stops, when the channel is as the record says. @param named room in use, as it is asked for first */
async function stopped(
  running: SfuRoom,
  record: ChannelRecord,
  named: string | null = record.sfu && encodeRoom(record.sfu),
): Promise<SfuRoom[]> {
  const out: SfuRoom[] = [];
  class Rooms extends Reconciler {
    look(): Promise<void> {
      return this.rooms();
    }
  }
  const options = {
    ports: {
      redis: {
        call: async () => [],
        pipeline: (commands: readonly unknown[]) => ({ exec: async () => commands.map(() => [null, named]) }),
      },
      sfu: { listRooms: async () => [running], stopRoom: async (each: SfuRoom) => void out.push(each) },
      metrics: { count: () => undefined },
      log: { write: () => undefined },
    },
    nodes: { names: ['n1'], alive: () => true, channelsOn: async () => [] },
    store: { read: async () => ({ record, nowMs: 0 }) },
  };
  await new Rooms(options as unknown as CaretakerOptions).look();
  return out;
}

/** Members and people who wait whose connection `b2#1` has ended: connections that are written down as lost. */
async function dropped(queue: readonly string[], sessions: readonly string[]): Promise<string[]> {
  const out: string[] = [];
  const stored: Readonly<Record<string, readonly string[]>> = { LRANGE: queue, HVALS: sessions };
  const options = {
    ports: {
      redis: {
        call: async () => ['7'],
        pipeline: (commands: readonly (readonly string[])[]) => ({
          exec: async () => commands.map((words) => [null, stored[words[0] === 'call' ? words[1]! : words[0]!]]),
        }),
      },
      metrics: { count: () => undefined },
    },
    desk: {
      change: async (_channelId: number, operation: (context: null) => void) => operation(null),
      rules: {
        admission: {
          connectionLost: (_context: null, isLost: (connection: string) => boolean) =>
            out.push(...['b1#1', 'b2#1'].filter(isLost)),
        },
      },
    },
  };
  await new Reconciler(options as unknown as CaretakerOptions).dropStale((connection) => connection === 'b2#1');
  return out;
}

describe('Reconciler', () => {
  it('drops members whose connection has ended, and those who wait', async () => {
    expect(await dropped([], ['1.1|b1#1|0|5'])).toEqual([]);
    expect(await dropped([], ['1.1|b1#1|0|5', '2.1|b2#1|0|5'])).toEqual(['b2#1']);
    expect(await dropped(['2|2.1|b2#1|0|5'], ['1.1|b1#1|0|5'])).toEqual(['b2#1']);
    // known to be lost: its grace time runs already
    expect(await dropped(['2|2.1|b2#1|9|5'], ['2.1|b2#1|9|5'])).toEqual([]);
  });

  const record = (): ChannelRecord => ({ ...emptyChannel(7), version: 50, epoch: 50, sfu: null });

  it('stops a room that is in no record', async () => {
    expect(await stopped(room(10), record())).toEqual([room(10)]);
  });

  it('reads the whole record before it stops anything', async () => {
    expect(await stopped(room(10), { ...record(), mode: 'sfu', sfu: room(10) }, 'n1|channel_7|9')).toEqual([]);
    expect(await stopped(room(10), { ...record(), mode: 'sfu', sfu: room(9) })).toEqual([room(10)]);
  });

  it('stops neither the room in use, nor the one being moved to, nor the one being left', async () => {
    expect(await stopped(room(10), { ...record(), mode: 'sfu', sfu: room(10) })).toEqual([]);
    const migration = {
      epoch: 50,
      to: 'p2p' as const,
      state: 'completed' as const,
      startedAtMs: 0,
      deadlineMs: 0,
      target: null,
      leaving: room(10),
      workUntilMs: 0,
      reason: '',
      acks: new Set<string>(),
    };
    expect(await stopped(room(10), { ...record(), migration })).toEqual([]);
    expect(
      await stopped(room(10), { ...record(), migration: { ...migration, target: room(10), leaving: null } }),
    ).toEqual([]);
  });
});
