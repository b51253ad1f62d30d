import type { MigrationState } from '../migration/migration-machine.js';
import type { Mode } from '../protocol.js';
import { type ChannelRecord, decodeRoom, emptyChannel, encodeRoom } from './channel-record.js';

/**
 * A committed channel as other backends are told of it on `voice:migrations`: `channel version ` and then one word a line (no word that the store keeps has line breaks). It carries what
 * clients are shown, so that nobody has to read the channel again. It may get lost or be late: versions tell. (As JSON it took twice
 * as long to write and to read, and every backend reads it at every change of a channel.)
 */
export function encodeAnnouncement(record: ChannelRecord): string {
  const { members, queue, migration, sfu } = record;
  let text = `${record.channelId} ${record.version} ${record.born}\n${record.mode}\n${record.epoch}\n${sfu ? encodeRoom(sfu) : ''}\n${record.degraded ? 1 : 0}`;
  if (migration) {
    const target = migration.target ? encodeRoom(migration.target) : '';
    text += `\n1\n${migration.epoch}\n${migration.to}\n${migration.state}\n${target}`;
  } else text += '\n0';
  text += `\n${queue.length}`;
  for (const join of queue) text += `\n${join.userId}\n${join.sessionId}\n${join.connection}\n${join.lostAtMs}`;
  for (const member of members.values())
    text += `\n${member.userId}\n${member.sessionId}\n${member.connection}\n${member.lostAtMs}\n${member.since}`;
  return text;
}

/**
 * Channel and version of an announcement, without reading the rest. A version of the core that writes the rest in another way says so by a fourth word on the
 * first line: then it is `foreign`, and the channel has to be read.
 */
export function announcedVersion(message: string): { channelId: number; version: number; foreign: boolean } {
  const end = message.indexOf(' ');
  const next = message.indexOf(' ', end + 1);
  const line = message.indexOf('\n');
  const more = message.indexOf(' ', next + 1);
  return {
    channelId: Number(message.slice(0, end)),
    version: Number(message.slice(end + 1, next)),
    foreign: more >= 0 && (line < 0 || more < line),
  };
}

/** Inverse of {@link encodeAnnouncement}, as far as clients are shown it: no acknowledgements, no deadlines. */
export function decodeAnnouncement(message: string): ChannelRecord {
  const { channelId, version } = announcedVersion(message);
  const words = message.slice(message.indexOf(' ', message.indexOf(' ') + 1) + 1).split('\n');
  let at = 0;
  const text = () => words[at++]!;
  const number = () => Number(words[at++]);
  const record = emptyChannel(channelId);
  record.version = version;
  record.born = number();
  record.mode = text() as Mode;
  record.epoch = number();
  record.sfu = decodeRoom(text());
  record.degraded = text() === '1';
  if (text() === '1') {
    record.migration = {
      epoch: number(),
      to: text() as Mode,
      state: text() as MigrationState,
      target: decodeRoom(text()),
      leaving: null,
      startedAtMs: 0,
      deadlineMs: 0,
      workUntilMs: 0,
      reason: '',
      acks: new Set(),
    };
  }
  for (let left = number(); left > 0; left--)
    record.queue.push({ userId: text(), sessionId: text(), connection: text(), lostAtMs: number() });
  while (at < words.length) {
    const userId = text();
    record.members.set(userId, { userId, sessionId: text(), connection: text(), lostAtMs: number(), since: number() });
  }
  return record;
}
