import { olderConnection } from '../cluster/connection-cluster.js';
import type { NodeDirectory } from '../cluster/node-directory.js';
import type { Policy } from '../policy.js';
import { mayStayOnSfu } from '../rollout/rollout-flag.js';
import type { ChannelDraft } from './channel-draft.js';
import { holdsJoins, type Membership } from './channel-record.js';
import type { RuleContext } from './channel-rules.js';

/** One client's wish to be in a channel. */
export interface JoinRequest {
  readonly userId: string;
  readonly sessionId: string;
  readonly connection: string;
  /** Of a wish that was queued before: {@link QueuedJoin.since} as it was then. Absent: a new wish, the newest of the user. */
  readonly since?: number | undefined;
  /** The newest view of the channel that the session has applied. Absent: none. */
  readonly seen?: { readonly version: number; readonly epoch: number } | undefined;
}

export type JoinResult =
  | { readonly outcome: 'joined' }
  | { readonly outcome: 'queued'; readonly position: number }
  | { readonly outcome: 'full' }
  /** The user is in as many channels as it may. */
  | { readonly outcome: 'too-many-rooms' }
  /** The wish is an old one, and another session of the user has come after it. */
  | { readonly outcome: 'replaced' };

/** Who is in a channel, who waits, and who has gone (A3, A5). Every operation may be repeated without harm. */
export class Admission {
  constructor(
    protected readonly policy: Policy,
    protected readonly nodes: Pick<NodeDirectory, 'full'> = {},
  ) {}

  /** A join: done at once, or queued behind a migration. One user has one live session: the newest wins. */
  join(context: RuleContext, request: JoinRequest): JoinResult {
    const { draft } = context;
    const { record } = draft;
    if (request.seen !== undefined) draft.raiseVersionFloor(request.seen.version, request.seen.epoch);
    const member = record.members.get(request.userId);
    if (member?.sessionId === request.sessionId) {
      // asked twice, or left and back after the store has lost the leave: then it must not be shown again what it has seen
      draft.show();
      this.answerThrough(draft, member, request.connection);
      return { outcome: 'joined' };
    }
    const { userId, sessionId, connection } = request;
    const index = record.queue.findIndex((waiting) => waiting.userId === userId);
    const waiting = record.queue[index];
    if (request.since !== undefined) {
      if (member && request.since < member.since) return { outcome: 'replaced' };
      if (waiting && waiting.sessionId !== sessionId && request.since < (waiting.since ?? 0))
        return { outcome: 'replaced' };
    }
    if (member) {
      // another tab of the same user takes the place over; nobody is added, so it does not wait
      draft.putMember({ userId, sessionId, connection, lostAtMs: 0, since: request.since });
      return { outcome: 'joined' };
    }
    if (record.rooms?.noPlace.has(userId)) return { outcome: 'too-many-rooms' };
    if (holdsJoins(record) || record.queue.length > 0) {
      const since =
        request.since ??
        (waiting?.sessionId === sessionId
          ? waiting.since
          : Math.max(context.nowMs, record.version, (waiting?.since ?? 0) + 1));
      const entry = { userId, sessionId, connection, lostAtMs: 0, since };
      if (waiting?.sessionId !== sessionId || !olderConnection(connection, waiting.connection)) {
        const queue = [...record.queue];
        if (index >= 0) queue[index] = entry;
        else queue.push(entry);
        draft.setQueue(queue);
      }
      return { outcome: 'queued', position: (index >= 0 ? index : record.queue.length - 1) + 1 };
    }
    if (this.closed(draft)) return { outcome: 'full' };
    // a wish that was said again is as old as it was: a newer one of another tab, said again after it, is still the newer one
    draft.putMember({ userId, sessionId, connection, lostAtMs: 0, since: request.since });
    return { outcome: 'joined' };
  }

  /** The user leaves for good, wherever this session is. */
  leave(context: RuleContext, userId: string, sessionId: string): void {
    const { draft } = context;
    if (draft.record.members.get(userId)?.sessionId === sessionId) draft.removeMember(userId);
    const queue = draft.record.queue.filter((waiting) => waiting.sessionId !== sessionId);
    if (queue.length < draft.record.queue.length) draft.setQueue(queue);
  }

  /** The connection of a session has gone. Ignored if the session is reachable through another one by now. */
  connectionLost(context: RuleContext, connectionLost: (connection: string) => boolean): void {
    const { draft, nowMs } = context;
    for (const member of draft.record.members.values()) {
      if (member.lostAtMs === 0 && connectionLost(member.connection))
        draft.touchMember(member, member.connection, nowMs);
    }
    if (draft.record.queue.some((waiting) => waiting.lostAtMs === 0 && connectionLost(waiting.connection))) {
      draft.setQueue(
        draft.record.queue.map((waiting) =>
          waiting.lostAtMs === 0 && connectionLost(waiting.connection) ? { ...waiting, lostAtMs: nowMs } : waiting,
        ),
      );
    }
  }

  /**
   * A connected client says that it is in the channel and has seen `version`, with a mode decided at `epoch`. If the store has lost that (a failover
   * throws acknowledged writes away), it is put back: the people in the call are the truth.
   */
  reassert(context: RuleContext, request: JoinRequest, version: number, epoch = 0): 'member' | 'full' | 'replaced' {
    const { draft } = context;
    draft.raiseVersionFloor(version, epoch);
    const member = draft.record.members.get(request.userId);
    if (member && member.sessionId !== request.sessionId && version < member.since) return 'replaced';
    if (member?.sessionId === request.sessionId) {
      this.answerThrough(draft, member, request.connection);
      return 'member';
    }
    // it has been given up, and others have come since: what was lost with the store fits
    if (!member && (this.full(draft) || draft.record.rooms?.noPlace.has(request.userId))) return 'full';
    const waiting = draft.record.queue.findIndex((entry) => entry.sessionId === request.sessionId);
    if (waiting >= 0) draft.setQueue(draft.record.queue.filter((_, index) => index !== waiting));
    draft.putMember({ ...request, lostAtMs: 0 });
    return 'member';
  }

  /** Removes those who have been without a connection for longer than the grace time. */
  evict(context: RuleContext): void {
    const { draft, nowMs, outcome } = context;
    const gone = (lostAtMs: number) => lostAtMs > 0 && nowMs >= lostAtMs + this.policy.sessionGraceMs;
    for (const member of [...draft.record.members.values()]) {
      if (!gone(member.lostAtMs)) continue;
      draft.removeMember(member.userId);
      outcome.measurements.push({ name: 'voice_sessions_evicted_total', value: 1 });
    }
    const queue = draft.record.queue.filter((waiting) => !gone(waiting.lostAtMs));
    if (queue.length < draft.record.queue.length) draft.setQueue(queue);
  }

  /** Lets the first in the queue in. Returns whether anything was done. Someone who has gone is not let in, and not forgotten before the grace time. */
  admitNext(context: RuleContext): boolean {
    const { draft } = context;
    const { record } = draft;
    if (this.closed(draft)) return false;
    this.dropWithoutPlace(draft);
    const index = record.queue.findIndex((waiting) => waiting.lostAtMs === 0);
    if (index < 0) return false;
    const next = record.queue[index]!;
    draft.setQueue(record.queue.filter((_, at) => at !== index));
    const { userId, sessionId, connection, since } = next;
    draft.putMember({ userId, sessionId, connection, lostAtMs: 0, since });
    return true;
  }

  /** Who has waited, and is in as many other channels as it may by now, waits no more; its next heartbeat tells it. */
  protected dropWithoutPlace(draft: ChannelDraft): void {
    const { queue, rooms } = draft.record;
    if (rooms === null || !queue.some(({ userId }) => rooms.noPlace.has(userId))) return;
    draft.setQueue(queue.filter(({ userId }) => !rooms.noPlace.has(userId)));
  }

  /** When somebody's grace time ends, or 0. */
  dueMs(draft: ChannelDraft): number {
    let due = 0;
    const look = (lostAtMs: number) => {
      if (lostAtMs > 0)
        due = due === 0 ? lostAtMs + this.policy.sessionGraceMs : Math.min(due, lostAtMs + this.policy.sessionGraceMs);
    };
    for (const member of draft.record.members.values()) look(member.lostAtMs);
    for (const waiting of draft.record.queue) look(waiting.lostAtMs);
    return due;
  }

  /** The member is reached through this connection from now on, unless it has a newer one. */
  protected answerThrough(draft: ChannelDraft, member: Membership, connection: string): void {
    if (!olderConnection(connection, member.connection)) draft.touchMember(member, connection, 0);
  }

  /** Nobody new comes where there is no place, nor, without an SFU, where those who are in could not go to a mesh. */
  protected closed(draft: ChannelDraft): boolean {
    if (this.full(draft) || this.crowded(draft)) return true;
    return draft.record.degraded && draft.record.members.size >= this.policy.meshLimit;
  }

  /** The channel's SFU node says that it takes nobody new (B8, D7). Who was promised a place by the queue still gets one. */
  protected crowded({ record }: ChannelDraft): boolean {
    return record.mode === 'sfu' && record.sfu !== null && this.nodes.full?.(record.sfu.node) === true;
  }

  /** A mesh takes only so many; on an SFU there is no limit here, unless the channel has to leave it and is too large to. */
  protected full(draft: ChannelDraft): boolean {
    const { record } = draft;
    return record.members.size >= this.policy.meshLimit && (record.mode === 'p2p' || !mayStayOnSfu(record));
  }
}
