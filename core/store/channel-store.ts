import type { ChannelDraft } from '../channel/channel-draft.js';
import {
  type ChannelRecord,
  decodeRoom,
  emptyChannel,
  type MigrationRecord,
  type QueuedJoin,
} from '../channel/channel-record.js';
import { keys } from '../keys.js';
import type { MigrationState } from '../migration/migration-machine.js';
import type { RedisArgument, RedisClient, RedisCommand } from '../ports.js';
import type { Mode } from '../protocol.js';
import { type HistoryBase, historyBase, historyCommands } from './call-history.js';
import type { Lease } from './channel-lock.js';
import { pipelined } from './pipeline.js';
import { Script } from './script.js';

/**
 * Executes a list of commands as one, if the lock still holds our token and the channel still has the version that was
 * read (a failover between reading and writing may have kept the lock and lost the data). `ARGV`: token, version, then per
 * command the number of its words and the words.
 */
const commit = new Script(
  'commit',
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if (redis.call('HGET', KEYS[2], 'version') or '0') ~= ARGV[2] then return 0 end
local i = 3
while i <= #ARGV do
  local n = tonumber(ARGV[i])
  redis.call(unpack(ARGV, i + 1, i + n))
  i = i + n + 1
end
return 1`,
);

/**
 * {@link commit}, where the rooms of users are limited: those who come are counted in the script that lets them in, so the limit holds over all channels,
 * tabs and backends. `ARGV`: token, version, limit, channel, number of users who come, and these; then the commands. Answers with those for whom there
 * is no place; then nothing was written.
 */
const commitCounted = new Script(
  'commit-counted',
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if (redis.call('HGET', KEYS[2], 'version') or '0') ~= ARGV[2] then return 0 end
local comers = tonumber(ARGV[5])
local crowded = {}
for i = 6, 5 + comers do
  local key = 'user_rooms:' .. ARGV[i]
  if redis.call('SISMEMBER', key, ARGV[4]) == 0 and redis.call('SCARD', key) >= tonumber(ARGV[3]) then crowded[#crowded + 1] = ARGV[i] end
end
if #crowded > 0 then return crowded end
local i = 6 + comers
while i <= #ARGV do
  local n = tonumber(ARGV[i])
  redis.call(unpack(ARGV, i + 1, i + n))
  i = i + n + 1
end
return 1`,
);

/** What is read and counted with each channel. */
export interface ChannelStoreOptions {
  /** Operators may force channels into the mesh. Default: no. */
  readonly admin?: boolean;
  /** Only a share of the users has the hybrid service. Default: everybody. */
  readonly rollout?: boolean;
  /** Channels that a user may be in at once; 0, the default: any number. */
  readonly roomsPerUser?: number;
  /** A record of what went on in a channel is kept this long after its end, in ms; 0, the default: there is none. */
  readonly callRecordMs?: number;
}

/** Reads and writes channels in Redis (A1). */
export class ChannelStore {
  protected readonly admin: boolean;
  protected readonly rollout: boolean;
  protected readonly roomsPerUser: number;
  protected readonly callRecordMs: number;

  constructor(
    protected readonly redis: RedisClient,
    options: ChannelStoreOptions = {},
  ) {
    const { admin = false, rollout = false, roomsPerUser = 0, callRecordMs = 0 } = options;
    this.admin = admin;
    this.rollout = rollout;
    this.roomsPerUser = roomsPerUser;
    this.callRecordMs = callRecordMs;
  }

  /** As read last, where records of calls are kept. */
  protected readonly bases = new WeakMap<ChannelRecord, HistoryBase>();

  /** Channel -> those for whom there was no place when it was to be written last. Not every reading is followed by a writing, so it is that which forgets them. */
  protected readonly crowded = new Map<number, ReadonlySet<string>>();

  /** The channel and Redis' own time, in one round trip. */
  async read(channelId: number): Promise<{ record: ChannelRecord; nowMs: number }> {
    const [time, state, participants, sessions, migration, queue, gone, ...flags] = await pipelined(this.redis, [
      ['TIME'],
      ['HGETALL', keys.state(channelId)],
      ['SMEMBERS', keys.participants(channelId)],
      ['HGETALL', keys.sessions(channelId)],
      ['HGETALL', keys.migration(channelId)],
      ['LRANGE', keys.queue(channelId), 0, -1],
      ['GET', keys.gone(channelId)],
      ...(this.admin ? [['GET', keys.forcedMesh] satisfies RedisCommand] : []),
      ...(this.rollout ? [['HMGET', keys.rollout, 'salt', 'ppm'] satisfies RedisCommand] : []),
    ]);
    const record = decodeChannel(
      channelId,
      state as string[],
      participants as string[],
      fields(sessions),
      migration as string[],
      queue as string[],
    );
    record.goneVersion = Number(gone ?? 0);
    record.forcedMesh = this.admin && typeof flags[0] === 'string';
    if (this.rollout) {
      const [salt, ppm] = flags.at(-1) as [string | null, string | null];
      record.rollout = { salt: salt ?? '', ppm: Number(ppm ?? 0) };
    }
    if (this.callRecordMs > 0) this.bases.set(record, historyBase(record));
    if (this.roomsPerUser > 0) {
      record.rooms = { before: new Set(record.members.keys()), noPlace: this.crowded.get(channelId) ?? new Set() };
    }
    return { record, nowMs: timeMs(time) };
  }

  /**
   * Writes the draft and gives the lock back, if `lease` still holds; false when it does not, and then nothing was written.
   * Released in the same script, behind the same check, so it is one round trip for both and cannot release anybody else's lock.
   */
  commit(lease: Lease, draft: ChannelDraft, roomRetireMs: number): Promise<boolean> {
    const base = this.bases.get(draft.record);
    this.crowded.delete(lease.channelId);
    const commands: RedisCommand[] = [
      ...draft.commands(roomRetireMs),
      ...(base === undefined ? [] : historyCommands(base, draft, this.callRecordMs)),
      ['DEL', keys.lock(lease.channelId)],
    ];
    const { rooms, members } = draft.record;
    if (rooms === null) return this.write(lease, draft.baseVersion, commands);
    const channel = String(lease.channelId);
    const comers = [...members.keys()].filter((userId) => !rooms.before.has(userId));
    for (const userId of comers) commands.push(['SADD', keys.userRooms(userId), channel]);
    for (const userId of rooms.before)
      if (!members.has(userId)) commands.push(['SREM', keys.userRooms(userId), channel]);
    return this.writeCounted(lease, draft.baseVersion, comers, commands);
  }

  /** Executes `commands` as one, if `lease` still holds and the channel still has `baseVersion`. */
  protected async write(lease: Lease, baseVersion: number, commands: readonly RedisCommand[]): Promise<boolean> {
    const args = [lease.token, baseVersion, ...words(commands)];
    return (await commit.run(this.redis, [keys.lock(lease.channelId), keys.state(lease.channelId)], args)) === 1;
  }

  /** {@link write}, and counts those who come. False, too, when there is no place for one of them: the next reading says for whom. */
  protected async writeCounted(
    lease: Lease,
    baseVersion: number,
    comers: readonly string[],
    commands: readonly RedisCommand[],
  ): Promise<boolean> {
    const { channelId, token } = lease;
    const args = [token, baseVersion, this.roomsPerUser, channelId, comers.length, ...comers, ...words(commands)];
    const reply = await commitCounted.run(this.redis, [keys.lock(channelId), keys.state(channelId)], args);
    if (Array.isArray(reply)) this.crowded.set(channelId, new Set(reply as string[]));
    return reply === 1;
  }
}

/** Words of commands for a script. */
function words(commands: readonly RedisCommand[]): RedisArgument[] {
  const args: RedisArgument[] = [];
  for (const command of commands) args.push(command.length, ...command);
  return args;
}

/** Redis `TIME` in milliseconds. */
export function timeMs(reply: unknown): number {
  const [seconds, micros] = reply as [string, string];
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

/** A flat `HGETALL` reply as a map. */
export function fields(reply: unknown): Map<string, string> {
  const flat = reply as string[];
  const map = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) map.set(flat[i]!, flat[i + 1]!);
  return map;
}

function decodeChannel(
  channelId: number,
  state: readonly string[],
  participants: readonly string[],
  sessions: Map<string, string>,
  migration: readonly string[],
  queue: readonly string[],
): ChannelRecord {
  const record = emptyChannel(channelId);
  for (let i = 0; i < state.length; i += 2) decodeField(record, state[i]!, state[i + 1]!);
  for (const userId of participants) {
    const [sessionId, connection, lostAt, since, ...extra] = (sessions.get(userId) ?? '').split('|');
    record.members.set(userId, {
      userId,
      sessionId: sessionId ?? '',
      connection: connection ?? '',
      lostAtMs: Number(lostAt ?? 0),
      since: Number(since ?? 0),
      ...(extra.length === 0 ? {} : { extra: extra.join('|') }),
    });
  }
  record.queue = queue.map(decodeQueued);
  record.migration = migration.length === 0 ? null : decodeMigration(fields(migration));
  return record;
}

/** One field of the channel's hash; those that are there only for people to read are skipped. */
function decodeField(record: ChannelRecord, name: string, value: string): void {
  switch (name) {
    case 'version':
      record.version = Number(value);
      break;
    case 'born':
      record.born = Number(value);
      break;
    case 'mode':
      record.mode = value as Mode;
      break;
    case 'epoch':
      record.epoch = Number(value);
      break;
    case 'sfuRoom':
      record.sfu = decodeRoom(value);
      break;
    case 'belowSince':
      record.belowSinceMs = Number(value);
      break;
    case 'retryAt':
      record.retryAtMs = Number(value);
      break;
    case 'failures':
      record.failures = Number(value);
      break;
    case 'degraded':
      record.degraded = value === '1';
      break;
    case 'peak':
      record.peak = Number(value);
      break;
    case 'due':
      record.dueMs = Number(value);
      break;
  }
}

/** An entry of a channel's queue, as it is stored. */
export function decodeQueued(text: string): QueuedJoin {
  const [userId = '', sessionId = '', connection = '', lostAt = '0', since = '0', ...extra] = text.split('|');
  return {
    userId,
    sessionId,
    connection,
    lostAtMs: Number(lostAt),
    since: Number(since),
    ...(extra.length === 0 ? {} : { extra: extra.join('|') }),
  };
}

function decodeMigration(hash: Map<string, string>): MigrationRecord | null {
  const state = hash.get('state');
  if (state === undefined) return null;
  const acks = new Set<string>();
  for (const name of hash.keys()) if (name.startsWith('ack:')) acks.add(name.slice(4));
  const behind = hash.get('behind');
  return {
    epoch: Number(hash.get('epoch')),
    to: hash.get('to') as Mode,
    state: state as MigrationState,
    startedAtMs: Number(hash.get('startedAt')),
    deadlineMs: Number(hash.get('deadline')),
    target: decodeRoom(hash.get('target')),
    leaving: decodeRoom(hash.get('leaving')),
    workUntilMs: Number(hash.get('workUntil')),
    reason: hash.get('reason') ?? '',
    acks,
    ...(behind === undefined ? {} : { behind: new Set(behind.split(' ')) }),
  };
}
