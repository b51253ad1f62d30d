import type { ChannelDraft } from '../../../core/channel/channel-draft.js';
import type { ChannelRecord } from '../../../core/channel/channel-record.js';
import { keys } from '../../../core/keys.js';
import type { RedisCommand } from '../../../core/ports.js';
import type { Lease } from '../../../core/store/channel-lock.js';
import type { ChannelStore } from '../../../core/store/channel-store.js';

const again = new WeakMap<ChannelRecord, number>();

/** Somebody who is already a member is counted once more. */
export function countAgain({ record }: ChannelDraft): void {
  again.set(record, (again.get(record) ?? 0) + 1);
}

/** Keeps the count by adding to it and taking from it, as the documents do, instead of writing the size of the set. */
export const incrementingStore = (Base: typeof ChannelStore): typeof ChannelStore =>
  class extends Base {
    private readonly sizes = new WeakMap<ChannelRecord, number>();

    override async read(channelId: number): Promise<{ record: ChannelRecord; nowMs: number }> {
      const found = await super.read(channelId);
      this.sizes.set(found.record, found.record.members.size);
      return found;
    }

    override commit(lease: Lease, draft: ChannelDraft, roomRetireMs: number): Promise<boolean> {
      const { record } = draft;
      const lock = keys.lock(record.channelId);
      const state = keys.state(record.channelId);
      const added = record.members.size - (this.sizes.get(record) ?? 0) + (again.get(record) ?? 0);
      const commands = draft.commands(roomRetireMs).map((command) => withoutCount(command, state));
      if (draft.exists && added !== 0) commands.push(['HINCRBY', state, 'count', added]);
      return this.write(lease, draft.baseVersion, [...commands, ['DEL', lock]]);
    }
  };

function withoutCount(command: RedisCommand, state: string): RedisCommand {
  const at = command[0] === 'HSET' && command[1] === state ? command.indexOf('count') : -1;
  return at < 0 ? command : [command[0], ...command.slice(1, at), ...command.slice(at + 2)];
}
