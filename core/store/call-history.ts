import type { ChannelDraft } from '../channel/channel-draft.js';
import { type ChannelRecord, encodeRoom } from '../channel/channel-record.js';
import { keys } from '../keys.js';
import type { RedisCommand } from '../ports.js';
import type { Mode } from '../protocol.js';

/** A call that goes on has this long to be written again before its record is dropped, in ms: what a failover has cut off does not stay for ever. */
const UNFINISHED_MS = 86_400_000;

/** A channel as it was read. */
export interface HistoryBase {
  readonly version: number;
  readonly mode: Mode;
  readonly members: ReadonlySet<string>;
}

export const historyBase = ({ version, mode, members }: ChannelRecord): HistoryBase => ({
  version,
  mode,
  members: new Set(members.keys()),
});

/**
 * What a change adds to the record of the call (D4): a hash for each life of a channel, written with the change itself. It has the largest number of
 * participants, the mode, how often and when it changed last, the SFU room, and for each participant when it came and went, with what transports and producers the
 * present mode gave it: in a mesh one transport a peer, on an SFU one each way. {@link CallQuality} adds how they heard each other. It stays for `keepMs` after the end.
 */
export function historyCommands(base: HistoryBase, draft: ChannelDraft, keepMs: number): RedisCommand[] {
  const { record, nowMs, exists } = draft;
  const { channelId, born, members, mode, sfu } = record;
  const joined = [...members.keys()].filter((userId) => !base.members.has(userId));
  const left = [...base.members].filter((userId) => !members.has(userId));
  const switched = base.version > 0 && base.mode !== mode;
  if (born === 0 || (joined.length === 0 && left.length === 0 && !switched && exists)) return [];
  const key = keys.callRecord(channelId, born);
  const fields: (string | number)[] = ['mode', mode];
  const commands: RedisCommand[] = [];
  if (base.version === 0) fields.push('started', nowMs, 'mode_changes', 0);
  if (sfu !== null) fields.push('sfu_room', encodeRoom(sfu));
  for (const userId of joined) fields.push(`joined:${userId}`, nowMs);
  const transports = base.mode === 'sfu' ? 2 : base.members.size - 1;
  for (const userId of left) fields.push(`left:${userId}`, `${nowMs}|${base.mode}|${transports}|1`);
  if (switched) {
    fields.push('last_mode_change', nowMs);
    commands.push(['HINCRBY', key, 'mode_changes', 1]);
  }
  if (members.size > record.peak) {
    fields.push('peak', members.size);
    commands.push(['HSET', keys.state(channelId), 'peak', members.size]);
  }
  if (!exists) fields.push('ended', nowMs);
  commands.push(['HSET', key, ...fields], ['PEXPIRE', key, exists ? UNFINISHED_MS : keepMs]);
  return commands;
}
