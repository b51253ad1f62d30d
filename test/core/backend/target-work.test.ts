import { describe, expect, it } from 'vitest';
import { TargetWork } from '../../../core/backend/target-work.js';
import type { ChannelDesk } from '../../../core/channel/channel-desk.js';
import type { SfuControl, SfuRoom } from '../../../core/ports.js';

const room: SfuRoom = { node: 'n1', room: 'channel_1', epoch: 5 };
const job = { kind: 'start-target', channelId: 1, migrationEpoch: 5, room } as const;

/** What the rules are told of a room whose start ends like this, while the migration goes to `target`. */
async function told(answer: Error | null, target: SfuRoom): Promise<string[]> {
  const said: string[] = [];
  const migrations = {
    targetRefused: () => said.push('refused') > 0,
    targetStarted: (_context: unknown, _epoch: number, error: string | null) => void said.push(`started: ${error}`),
  };
  const desk = {
    rules: { migrations },
    change: (_id: number, operation: (context: unknown) => void) =>
      Promise.resolve(operation({ draft: { record: { migration: { target } } } })),
  } as unknown as ChannelDesk;
  const sfu = {
    startRoom: () => (answer === null ? Promise.resolve() : Promise.reject(answer)),
  } as unknown as SfuControl;
  const nodes = { refused: (node: string) => void said.push(`${node} is full`) };
  await new TargetWork(sfu, desk, nodes).carryOut(job);
  return said;
}

const full = Object.assign(new Error('no room'), { code: 'full' });

describe('the room that a migration moves to', () => {
  it('has started, has failed, or is refused by a node that is remembered as full', async () => {
    expect(await told(null, room)).toEqual(['started: null']);
    expect(await told(new Error('broken'), room)).toEqual(['started: broken']);
    expect(await told(full, room)).toEqual(['n1 is full', 'refused']);
  });

  it('has moved to another node meanwhile: a late answer of the first says nothing about it', async () => {
    const moved = { ...room, node: 'n2' };
    expect(await told(null, moved)).toEqual([]);
    expect(await told(new Error('broken'), moved)).toEqual([]);
    expect(await told(full, moved)).toEqual(['n1 is full']);
  });
});
