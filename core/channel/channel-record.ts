import type { MigrationState } from '../migration/migration-machine.js';
import type { SfuRoom } from '../ports.js';
import type { Mode } from '../protocol.js';
import type { RolloutFlag } from '../rollout/rollout-flag.js';

/** One member's live session. */
export interface Membership {
  readonly userId: string;
  readonly sessionId: string;
  /** The connection that answers for the session, see `connectionName`. Clean-ups carry the connection they were made for. */
  connection: string;
  /** Redis time at which that connection was lost, or 0. */
  lostAtMs: number;
  /** Version with which the session became the user's live one, or {@link QueuedJoin.since}: one who has seen a newer view as a member was not replaced by it. */
  readonly since: number;
  /** What a newer version of the core has written behind it: kept as it is. */
  readonly extra?: string | undefined;
}

/** One who becomes a member. `since` of one who has waited; otherwise the draft gives it. */
export type NewMember = Omit<Membership, 'since' | 'extra'> & { readonly since?: number | undefined };

/** A join that waits for the end of a migration (A5). */
export interface QueuedJoin {
  readonly userId: string;
  readonly sessionId: string;
  connection: string;
  lostAtMs: number;
  /** When this session asked, on the scale of versions: of two sessions of a user the later one counts. Absent: not known, as if long ago. */
  readonly since?: number | undefined;
  /** {@link Membership.extra} */
  readonly extra?: string | undefined;
}

/** A migration in progress. */
export interface MigrationRecord {
  /** Identity of what clients acknowledge: the migration, or its rollback. */
  epoch: number;
  readonly to: Mode;
  state: MigrationState;
  readonly startedAtMs: number;
  deadlineMs: number;
  /** The room being moved to, when `to` is `sfu`. */
  readonly target: SfuRoom | null;
  /** The room that was left when the mode changed: stopped once everybody plays the new path. */
  leaving: SfuRoom | null;
  /** Until then somebody is starting or verifying the target; afterwards anybody may. */
  workUntilMs: number;
  /** Why it is being rolled back. */
  reason: string;
  /** Sessions that have acknowledged `epoch`. */
  readonly acks: Set<string>;
  /** Sessions that are not waited for any more: the channel goes on without them. Absent: none. */
  behind?: ReadonlySet<string>;
}

/** Everything Redis knows of a channel, read in one round trip. */
export interface ChannelRecord {
  readonly channelId: number;
  /** Hybrid logical clock: grows with every visible change, also over deletion and lost writes. 0: the channel does not exist. */
  version: number;
  /** Last version of its former life, as long as Redis' clock may not have passed that; else 0. */
  goneVersion: number;
  /** Version with which the channel came into being: who has seen an older one was in a channel that the store has lost. */
  born: number;
  mode: Mode;
  /** Version at which the present mode was decided. */
  epoch: number;
  /** The room in use while `mode` is `sfu`. */
  sfu: SfuRoom | null;
  readonly members: Map<string, Membership>;
  queue: QueuedJoin[];
  migration: MigrationRecord | null;
  /** Since when the count allows P2P, or 0. */
  belowSinceMs: number;
  /** No migration starts before. */
  retryAtMs: number;
  /** Failed migrations in a row. */
  failures: number;
  degraded: boolean;
  /** When somebody must look at the channel again, or 0. */
  dueMs: number;
  /** An operator keeps channels out of the SFU; not the channel's own, but read with it. */
  forcedMesh: boolean;
  /** Who has the hybrid service; null: everybody. Not the channel's own, but read with it. */
  rollout: RolloutFlag | null;
  /** Most members at once, where records of calls are kept; else 0. */
  peak: number;
  /** Where the rooms of a user are limited; else null. Not the channel's own. */
  rooms: RoomCount | null;
}

/** What is needed to keep the rooms of users in number. */
export interface RoomCount {
  /** Members as they were read. */
  readonly before: ReadonlySet<string>;
  /** Those who are in as many other channels as they may. */
  readonly noPlace: ReadonlySet<string>;
}

/** Whether any session of the user is in the channel, or waits for it. */
export const hasUser = (record: ChannelRecord, userId: string): boolean =>
  record.members.has(userId) || record.queue.some((waiting) => waiting.userId === userId);

/** True while joins have to wait: from the start of a migration until the mode has changed, or everybody is back. */
export const holdsJoins = (record: ChannelRecord): boolean =>
  record.migration !== null && record.migration.state !== 'completed';

export function emptyChannel(channelId: number): ChannelRecord {
  return {
    channelId,
    version: 0,
    goneVersion: 0,
    born: 0,
    mode: 'p2p',
    epoch: 0,
    sfu: null,
    members: new Map(),
    queue: [],
    migration: null,
    belowSinceMs: 0,
    retryAtMs: 0,
    failures: 0,
    degraded: false,
    dueMs: 0,
    forcedMesh: false,
    rollout: null,
    peak: 0,
    rooms: null,
  };
}

export const sameRoom = (a: SfuRoom | null, b: SfuRoom | null): boolean =>
  a === b || (a !== null && b !== null && a.node === b.node && a.room === b.room && a.epoch === b.epoch);

/** A room as one word: `node|room|epoch`. */
export const encodeRoom = (room: SfuRoom): string => `${room.node}|${room.room}|${room.epoch}`;

/** Inverse of {@link encodeRoom}; null for anything else. */
export function decodeRoom(text: string | undefined): SfuRoom | null {
  const [node, room, epoch] = (text ?? '').split('|');
  return node && room && epoch && Number.isFinite(Number(epoch)) ? { node, room, epoch: Number(epoch) } : null;
}
