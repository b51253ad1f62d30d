import type { MigrationState } from '../migration/migration-machine.js';
import type { Mode } from '../protocol.js';
import { type ChannelRecord, decodeRoom, emptyChannel, encodeRoom } from './channel-record.js';

interface AnnouncedChannel {
  readonly born: number;
  readonly mode: Mode;
  readonly epoch: number;
  readonly sfu: string;
  readonly degraded: boolean;
  /** user, session, connection, lostAt, since */
  readonly members: readonly [string, string, string, number, number][];
  /** user, session, connection, lostAt */
  readonly queue: readonly [string, string, string, number][];
  /** epoch, to, state, target */
  readonly migration: readonly [number, Mode, MigrationState, string] | null;
}

/**
 * A committed channel as other backends are told of it on `voice:migrations`: `channel version json`. It carries what clients are
 * shown, so that nobody has to read the channel again. It may get lost or be late: versions tell.
 */
export function encodeAnnouncement(record: ChannelRecord): string {
  const { members, queue, migration } = record;
  const channel: AnnouncedChannel = {
    born: record.born,
    mode: record.mode,
    epoch: record.epoch,
    sfu: record.sfu ? encodeRoom(record.sfu) : '',
    degraded: record.degraded,
    members: [...members.values()].map((member) => [
      member.userId,
      member.sessionId,
      member.connection,
      member.lostAtMs,
      member.since,
    ]),
    queue: queue.map((join) => [join.userId, join.sessionId, join.connection, join.lostAtMs]),
    migration: migration && [
      migration.epoch,
      migration.to,
      migration.state,
      migration.target ? encodeRoom(migration.target) : '',
    ],
  };
  return `${record.channelId} ${record.version} ${JSON.stringify(channel)}`;
}

/** Channel and version of an announcement, without reading the rest. */
export function announcedVersion(message: string): { channelId: number; version: number } {
  const end = message.indexOf(' ');
  return {
    channelId: Number(message.slice(0, end)),
    version: Number(message.slice(end + 1, message.indexOf(' ', end + 1))),
  };
}

/** Inverse of {@link encodeAnnouncement}, as far as clients are shown it: no acknowledgements, no deadlines. */
export function decodeAnnouncement(message: string): ChannelRecord {
  const { channelId, version } = announcedVersion(message);
  const channel = JSON.parse(message.slice(message.indexOf('{'))) as AnnouncedChannel;
  const record = emptyChannel(channelId);
  record.version = version;
  record.born = channel.born;
  record.mode = channel.mode;
  record.epoch = channel.epoch;
  record.sfu = decodeRoom(channel.sfu);
  record.degraded = channel.degraded;
  for (const [userId, sessionId, connection, lostAtMs, since] of channel.members)
    record.members.set(userId, { userId, sessionId, connection, lostAtMs, since });
  record.queue = channel.queue.map(([userId, sessionId, connection, lostAtMs]) => ({
    userId,
    sessionId,
    connection,
    lostAtMs,
  }));
  if (channel.migration) {
    const [epoch, to, state, target] = channel.migration;
    record.migration = {
      epoch,
      to,
      state,
      target: decodeRoom(target),
      leaving: null,
      startedAtMs: 0,
      deadlineMs: 0,
      workUntilMs: 0,
      reason: '',
      acks: new Set(),
    };
  }
  return record;
}
