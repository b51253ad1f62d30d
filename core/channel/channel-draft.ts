import { instanceOf } from '../cluster/connection-cluster.js';
import { keys } from '../keys.js';
import type { RedisCommand, SfuRoom } from '../ports.js';
import {
  type ChannelRecord,
  encodeRoom,
  holdsJoins,
  type Membership,
  type MigrationRecord,
  type NewMember,
  type QueuedJoin,
} from './channel-record.js';

/**
 * A channel while it is being changed under its lock. Every change goes through a method, so that the draft knows which
 * Redis commands carry it over, and whether members can see it (then the version grows and everybody is told).
 */
export class ChannelDraft {
  /** Rooms the channel has left: to be stopped once nobody plays from them any more. */
  readonly retired: SfuRoom[] = [];
  private visible = false;
  private bumped = false;
  private repaired = false;
  private stateChanged = false;
  private queueChanged = false;
  private migrationChanged = false;
  private migrationReplaced = false;
  private readonly touched = new Set<string>();
  private readonly newAcks: string[] = [];
  /** Version that was read; 0 when the channel did not exist. */
  readonly baseVersion: number;
  private readonly previousDueMs: number;
  private readonly baseFields: readonly (string | number)[];
  private readonly previousNodes: ReadonlySet<string>;
  /** Backends of those who are in and who wait, as read; null: all of these are where they were. */
  private previousBackends: ReadonlySet<string> | null = null;
  /** Versions below are never given out again: the highest one that any client claims to have seen, or that a former life of the channel had. */
  private versionFloor: number;

  /** @param announcement what other backends are told with the commit of a change that members can see; null: nothing */
  constructor(
    readonly record: ChannelRecord,
    readonly nowMs: number,
    private readonly announcement: (record: ChannelRecord) => string | null = nothing,
  ) {
    this.baseVersion = record.version;
    this.versionFloor = record.goneVersion;
    this.previousDueMs = record.dueMs;
    this.baseFields = stateFields(record);
    this.previousNodes = this.nodes();
  }

  get exists(): boolean {
    return this.record.members.size > 0 || this.record.queue.length > 0;
  }

  get changed(): boolean {
    return (
      this.visible ||
      this.stateChanged ||
      this.queueChanged ||
      this.migrationChanged ||
      this.touched.size > 0 ||
      this.newAcks.length > 0
    );
  }

  /** True when members can see the change. */
  get announced(): boolean {
    return this.visible;
  }

  /** Takes a version of its own, for what is identified by it: a mode, a migration, a rollback. */
  takeVersion(): number {
    this.record.version = Math.max(this.record.version + 1, this.nowMs, this.versionFloor + 1);
    if (this.record.born === 0) {
      this.record.born = this.record.version;
      this.record.epoch = this.record.version;
      this.stateChanged = true;
    }
    this.bumped = true;
    this.visible = true;
    return this.record.version;
  }

  /**
   * A client has seen `version`, and a mode decided at `epoch`: if ours are older, the store has lost something, and the mode it still has counts
   * as decided anew. The epoch alone is older when another backend has written before anybody noticed. Nobody has seen what lies further ahead of Redis'
   * clock than clocks differ: a client that says so would take the channel beyond what the heartbeats of all others may name, for as long as it is remembered.
   */
  raiseVersionFloor(version: number, epoch = 0): void {
    if (Math.max(version, epoch) > this.nowMs + CLAIM_AHEAD_MS) return;
    if (version > this.record.version || epoch > this.record.epoch) {
      this.versionFloor = Math.max(this.versionFloor, version);
      this.record.epoch = this.takeVersion();
      this.stateChanged = true;
    }
  }

  /** Members can see the change: they are shown a newer version. */
  show(): void {
    if (!this.bumped) this.takeVersion();
    this.visible = true;
  }

  /** A session becomes the user's live one in the channel. */
  putMember({ userId, sessionId, connection, lostAtMs, since }: NewMember): void {
    this.previousBackends ??= this.backends();
    this.show();
    this.record.members.set(userId, { userId, sessionId, connection, lostAtMs, since: since || this.record.version });
    this.touched.add(userId);
  }

  /** A change nobody else sees: the connection of a member, or its loss. */
  touchMember(member: Membership, connection: string, lostAtMs: number): void {
    if (member.connection === connection && member.lostAtMs === lostAtMs) return;
    this.previousBackends ??= this.backends();
    member.connection = connection;
    member.lostAtMs = lostAtMs;
    this.touched.add(member.userId);
  }

  removeMember(userId: string): void {
    this.previousBackends ??= this.backends();
    if (!this.record.members.delete(userId)) return;
    this.touched.add(userId);
    this.show();
  }

  setQueue(queue: QueuedJoin[]): void {
    this.previousBackends ??= this.backends();
    this.record.queue = queue;
    this.queueChanged = true;
  }

  setMigration(migration: MigrationRecord | null): void {
    this.record.migration = migration;
    this.migrationChanged = true;
    this.migrationReplaced = true;
    this.stateChanged = true;
    this.show();
  }

  /** Changes fields of the migration in progress; `visible` when members must know. */
  updateMigration(
    fields: Partial<
      Pick<
        MigrationRecord,
        'state' | 'epoch' | 'deadlineMs' | 'workUntilMs' | 'reason' | 'leaving' | 'behind' | 'target'
      >
    >,
    visible: boolean,
  ): void {
    const migration = this.record.migration!;
    if (fields.epoch !== undefined && fields.epoch !== migration.epoch) {
      migration.acks.clear();
      this.migrationReplaced = true;
    }
    Object.assign(migration, fields);
    this.migrationChanged = true;
    if (visible) this.show();
  }

  acknowledge(sessionId: string): void {
    const migration = this.record.migration!;
    if (migration.acks.has(sessionId)) return;
    migration.acks.add(sessionId);
    this.newAcks.push(sessionId);
  }

  setMode(mode: ChannelRecord['mode'], sfu: SfuRoom | null): void {
    this.record.epoch = this.takeVersion();
    this.record.mode = mode;
    this.record.sfu = sfu;
    this.stateChanged = true;
  }

  setFields(
    fields: Partial<Pick<ChannelRecord, 'belowSinceMs' | 'retryAtMs' | 'failures' | 'dueMs' | 'degraded'>>,
  ): void {
    const record = this.record as unknown as Record<string, unknown>;
    for (const name in fields) {
      const value = fields[name as keyof typeof fields];
      if (record[name] === value) continue;
      record[name] = value;
      this.stateChanged = true;
      if (name === 'degraded') this.show();
    }
  }

  /** Writes everything again, as read from the set of participants (A7). */
  repair(): void {
    for (const userId of this.record.members.keys()) this.touched.add(userId);
    this.stateChanged = true;
    this.migrationChanged = this.record.migration !== null;
    this.repaired = true;
  }

  /** Fields that differ from what was read; all of a new channel's. */
  private changedFields(): (string | number)[] {
    const now = stateFields(this.record);
    const changed: (string | number)[] = ['lastUpdated', this.nowMs];
    const all = this.baseVersion === 0 || this.repaired;
    for (let i = 0; i < now.length; i += 2)
      if (all || now[i + 1] !== this.baseFields[i + 1]) changed.push(now[i]!, now[i + 1]!);
    return changed;
  }

  private nodes(): Set<string> {
    const nodes = new Set<string>();
    if (this.record.sfu) nodes.add(this.record.sfu.node);
    if (this.record.migration?.target) nodes.add(this.record.migration.target.node);
    return nodes;
  }

  private backends(): Set<string> {
    const instances = new Set<string>();
    for (const { connection } of this.record.members.values()) instances.add(instanceOf(connection));
    for (const { connection } of this.record.queue) instances.add(instanceOf(connection));
    instances.delete(''); // of one whose session the store has lost
    return instances;
  }

  /** The commands that carry the change into Redis; they are executed as one, and only while the lock is held. */
  commands(roomRetireMs: number): RedisCommand[] {
    const record = this.record;
    const id = record.channelId;
    const out: RedisCommand[] = [];
    for (const room of this.retired) out.push(['ZADD', keys.retired, this.nowMs + roomRetireMs, encodeRoom(room)]);
    if (!this.exists) {
      if (this.baseVersion > 0 || this.changed) {
        out.push(['DEL', keys.state(id), keys.participants(id), keys.sessions(id), keys.migration(id), keys.queue(id)]);
        out.push(['ZREM', keys.changed, String(id)], ['ZREM', keys.due, String(id)]);
        for (const node of this.previousNodes) out.push(['SREM', keys.nodeChannels(node), String(id)]);
        this.listingCommands(out);
        // versions may be ahead of the clock, and a new life may begin within the same millisecond
        if (record.version > 0) out.push(['SET', keys.gone(id), record.version, 'PXAT', record.version + 1]);
      }
      this.announce(out);
      return out;
    }
    if (this.repaired) {
      // sessions of people who are not in the set must go
      out.push(['DEL', keys.sessions(id)]);
    }
    this.memberCommands(out);
    if (this.queueChanged) {
      out.push(['DEL', keys.queue(id)]);
      if (record.queue.length > 0) out.push(['RPUSH', keys.queue(id), ...record.queue.map(encodeQueued)]);
    }
    this.migrationCommands(out);
    const nodes = this.nodes();
    for (const node of nodes)
      if (!this.previousNodes.has(node)) out.push(['SADD', keys.nodeChannels(node), String(id)]);
    for (const node of this.previousNodes)
      if (!nodes.has(node)) out.push(['SREM', keys.nodeChannels(node), String(id)]);
    this.listingCommands(out);
    if (this.visible || this.stateChanged || this.repaired) out.push(['HSET', keys.state(id), ...this.changedFields()]);
    if (record.dueMs !== this.previousDueMs || this.repaired) {
      out.push(record.dueMs > 0 ? ['ZADD', keys.due, record.dueMs, String(id)] : ['ZREM', keys.due, String(id)]);
    }
    if (this.visible) out.push(['ZADD', keys.changed, record.version, String(id)]);
    this.announce(out);
    return out;
  }

  /** With the commit itself: it takes no round trip of its own, and is not lost with a backend that dies now. */
  private announce(out: RedisCommand[]): void {
    const text = this.visible ? this.announcement(this.record) : null;
    if (text !== null) out.push(['PUBLISH', keys.migrations, text]);
  }

  /**
   * Lists the channel with the backends that answer for somebody in it: in the very commit that lets the first of them in, so that they are found if that
   * backend dies.
   */
  private listingCommands(out: RedisCommand[]): void {
    const { previousBackends } = this;
    if (previousBackends === null && !this.repaired) return;
    const id = String(this.record.channelId);
    const instances = this.backends();
    for (const instance of instances)
      if (this.repaired || !previousBackends?.has(instance)) out.push(['SADD', keys.backendChannels(instance), id]);
    for (const instance of previousBackends ?? [])
      if (!instances.has(instance)) out.push(['SREM', keys.backendChannels(instance), id]);
  }

  private memberCommands(out: RedisCommand[]): void {
    const id = this.record.channelId;
    const added: string[] = [];
    const removed: string[] = [];
    const sessions: string[] = [];
    for (const userId of this.touched) {
      const member = this.record.members.get(userId);
      if (!member) removed.push(userId);
      else {
        added.push(userId);
        sessions.push(userId, encodeMembership(member));
      }
    }
    if (removed.length > 0)
      out.push(['SREM', keys.participants(id), ...removed], ['HDEL', keys.sessions(id), ...removed]);
    if (added.length > 0) out.push(['SADD', keys.participants(id), ...added], ['HSET', keys.sessions(id), ...sessions]);
  }

  private migrationCommands(out: RedisCommand[]): void {
    const key = keys.migration(this.record.channelId);
    const migration = this.record.migration;
    if (this.migrationReplaced) out.push(['DEL', key]);
    if (!migration) return;
    if (this.migrationChanged) {
      const { epoch, to, state, startedAtMs, deadlineMs, target, leaving, workUntilMs, reason } = migration;
      out.push([
        'HSET', key, 'epoch', epoch, 'to', to, 'state', state, 'startedAt', startedAtMs, 'deadline', deadlineMs,
        'target', target ? encodeRoom(target) : '', 'leaving', leaving ? encodeRoom(leaving) : '', 'workUntil', workUntilMs, 'reason', reason,
      ]); // biome-ignore format: pairs
      const { behind } = migration;
      if (behind !== undefined && behind.size > 0) out.push(['HSET', key, 'behind', [...behind].join(' ')]);
    }
    const acks = this.migrationReplaced
      ? [...migration.acks]
      : this.newAcks.filter((session) => migration.acks.has(session));
    if (acks.length > 0) out.push(['HSET', key, ...acks.flatMap((session) => [`ack:${session}`, '1'])]);
  }
}

/** Versions are at most so far ahead of Redis' clock: a failover may go to a server whose clock is slow. */
const CLAIM_AHEAD_MS = 86_400_000;

const nothing = (): null => null;

/** The fields of `channel_state:{id}`, as name and value in turn. */
function stateFields(record: ChannelRecord): (string | number)[] {
  const { sfu, migration } = record;
  // biome-ignore format: pairs
  return [
    'channelId', record.channelId, 'born', record.born, 'count', record.members.size, 'mode', record.mode, 'version', record.version, 'epoch', record.epoch,
    'sfuActive', sfu ? 1 : 0, 'sfuRoom', sfu ? encodeRoom(sfu) : '',
    'migrationInProgress', holdsJoins(record) ? 1 : 0, 'migrationStartedAt', migration?.startedAtMs ?? 0,
    'belowSince', record.belowSinceMs, 'retryAt', record.retryAtMs, 'failures', record.failures, 'degraded', record.degraded ? 1 : 0,
    'due', record.dueMs, 'schema', 1,
  ];
}

/** `session|connection|lostAt|since`: identifiers contain no `|`. */
export const encodeMembership = (member: Membership): string =>
  `${member.sessionId}|${member.connection}|${member.lostAtMs}|${member.since}${behind(member.extra)}`;

/** `user|session|connection|lostAt|since` */
export const encodeQueued = (join: QueuedJoin): string =>
  `${join.userId}|${join.sessionId}|${join.connection}|${join.lostAtMs}|${join.since ?? 0}${behind(join.extra)}`;

/** Words of a newer version, behind ours. */
const behind = (extra: string | undefined): string => (extra === undefined ? '' : `|${extra}`);
