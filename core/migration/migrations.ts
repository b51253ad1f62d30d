import type { ChannelDraft } from '../channel/channel-draft.js';
import { type Membership, type MigrationRecord, sameRoom } from '../channel/channel-record.js';
import type { RuleContext } from '../channel/channel-rules.js';
import type { NodeDirectory } from '../cluster/node-directory.js';
import { roomName } from '../keys.js';
import type { Policy } from '../policy.js';
import type { SfuRoom } from '../ports.js';
import type { Mode } from '../protocol.js';
import { type MigrationEvent, migrationStep } from './migration-machine.js';

/** So many attempts in a row to reach the SFU wait for everybody, ... */
const PATIENT_ATTEMPTS = 2;
/** ... and the next one for this share of the members. */
const QUORUM = 0.75;

const isLost = ({ lostAtMs }: Membership): boolean => lostAtMs > 0;

/**
 * Drives the migration of a channel through its state machine (A4). Everything it needs is in the channel's record, so
 * that any backend can take the next step, and time-outs and completion exclude each other under the channel's lock.
 */
export class Migrations {
  constructor(
    protected readonly policy: Policy,
    protected readonly nodes: NodeDirectory,
  ) {}

  /** Begins a migration of everybody who is in the channel now. `node` is where the target room will be. */
  start(context: RuleContext, to: Mode, node: string | null): void {
    const { draft, nowMs, outcome } = context;
    const epoch = draft.takeVersion();
    const channelId = draft.record.channelId;
    draft.setMigration({
      epoch,
      to,
      state: 'idle',
      startedAtMs: nowMs,
      deadlineMs: nowMs + this.policy.migrationTimeoutMs,
      target: node === null ? null : { node, room: roomName(channelId), epoch },
      leaving: null,
      workUntilMs: 0,
      reason: '',
      acks: new Set(),
    });
    this.fire(context, 'START');
    outcome.measurements.push({ name: 'voice_migrations_started_total', labels: { to }, value: 1 });
  }

  /** The room in use cannot be had any more under its epoch: everybody moves to a new one. */
  roomLost(context: RuleContext, room: SfuRoom): void {
    const { record } = context.draft;
    if (record.migration || !sameRoom(record.sfu, room)) return;
    const node = this.nodes.choose(null, record.members.size);
    if (node !== null) this.start(context, 'sfu', node);
  }

  /** A member says that its new path is up (or, rolling back, that its old one is). */
  ready(context: RuleContext, userId: string, sessionId: string, epoch: number): void {
    const { draft } = context;
    const migration = draft.record.migration;
    if (migration?.epoch === epoch && draft.record.members.get(userId)?.sessionId === sessionId)
      draft.acknowledge(sessionId);
  }

  /** A member says that it cannot build the new path. */
  failed(context: RuleContext, userId: string, sessionId: string, epoch: number, reason: string): void {
    const { draft } = context;
    const migration = draft.record.migration;
    if (migration?.epoch !== epoch || draft.record.members.get(userId)?.sessionId !== sessionId) return;
    if (migration.behind?.has(sessionId)) return;
    if (migration.state === 'migrating' && this.leaveBehind(draft, migration, [sessionId])) return;
    this.fire(context, 'CLIENT_FAILED', reason);
  }

  /** The target room runs, or could not be started. */
  targetStarted(context: RuleContext, epoch: number, error: string | null): void {
    const migration = context.draft.record.migration;
    if (migration?.epoch !== epoch || migration.state !== 'preparing') return;
    this.fire(context, error === null ? 'TARGET_READY' : 'TARGET_FAILED', error ?? '');
  }

  /**
   * The node of the target takes no more rooms. Nobody has been invited yet, so the target becomes a room on another node, if one takes it.
   * @returns whether it has
   */
  targetRefused(context: RuleContext, epoch: number, refused: SfuRoom): boolean {
    const { draft } = context;
    const migration = draft.record.migration;
    if (migration?.epoch !== epoch || migration.state !== 'preparing' || !sameRoom(migration.target, refused))
      return false;
    const node = this.nodes.choose(refused.node, draft.record.members.size);
    if (node === null || node === refused.node) return false;
    // an earlier attempt may have started the room, unheard: then it is an orphan, and reconciliation finds it. It may also become the target again
    draft.updateMigration({ target: { ...refused, node }, workUntilMs: 0 }, false);
    return true;
  }

  /**
   * Who the target room says is connected in both directions. One whose connection is lost, and whom the room does not see either, is not waited for:
   * probably it has gone. If it comes back, it finds its way like one who has just come, and old paths are kept for it as for all who do not play the new one yet.
   */
  targetSeen(context: RuleContext, epoch: number, userIds: readonly string[]): void {
    const { draft, nowMs } = context;
    const migration = draft.record.migration;
    if (migration?.epoch !== epoch || migration.state !== 'verifying') return;
    const present = new Set(userIds);
    const awaited = this.awaited(draft, migration);
    const absent = awaited.filter(({ userId }) => !present.has(userId));
    // a room that sees nobody proves nothing: it may not have answered
    const answered = absent.length < awaited.length;
    if (answered && absent.every(isLost) && this.pending(draft, migration) === 0) {
      this.fire(context, 'VERIFIED');
    } else {
      draft.updateMigration({ workUntilMs: nowMs + this.policy.verifyEveryMs }, false);
    }
  }

  /** Takes the next step that the record and the time ask for. Returns whether a transition was taken. */
  advance(context: RuleContext): boolean {
    const { draft, nowMs } = context;
    const migration = draft.record.migration!;
    const pending = this.pending(draft, migration);
    const expired = nowMs >= this.deadlineMs(migration);
    switch (migration.state) {
      case 'preparing':
        if (migration.target === null) return this.fire(context, 'TARGET_READY');
        if (!this.nodes.alive(migration.target.node)) return this.fire(context, 'TARGET_LOST', 'node-lost');
        if (expired) return this.fire(context, 'TIMEOUT', 'timeout');
        return this.assign(context, 'start-target');
      case 'migrating':
        if (migration.target && !this.nodes.alive(migration.target.node))
          return this.fire(context, 'TARGET_LOST', 'node-lost');
        if (pending === 0) return this.fire(context, 'ALL_READY');
        if (
          expired &&
          !this.isOverdue(migration, nowMs) &&
          this.leaveBehind(
            draft,
            migration,
            this.missing(draft, migration).map(({ sessionId }) => sessionId),
          )
        ) {
          // the room has to confirm the others, which takes a moment
          draft.updateMigration({ deadlineMs: nowMs + this.policy.settleTimeoutMs }, false);
          return this.fire(context, 'ALL_READY');
        }
        if (expired && this.waitsForGrace(draft, migration, nowMs)) return false;
        return expired && this.fire(context, 'TIMEOUT', 'timeout');
      case 'verifying':
        if (migration.target && !this.nodes.alive(migration.target.node))
          return this.fire(context, 'TARGET_LOST', 'node-lost');
        if (pending > 0) return this.fire(context, 'MEMBER_PENDING');
        if (migration.target === null) return this.fire(context, 'VERIFIED');
        if (expired) return this.fire(context, 'TIMEOUT', 'timeout');
        return this.assign(context, 'verify-target');
      case 'completed':
        if (migration.target && !this.nodes.alive(migration.target.node)) return this.fire(context, 'TARGET_LOST');
        if (pending === 0) return this.fire(context, 'ALL_READY');
        return expired && this.fire(context, 'TIMEOUT');
      case 'rollingBack':
        return (pending === 0 || expired) && this.fire(context, 'ROLLED_BACK');
      default:
        throw new Error(`a migration is never kept in state ${migration.state}`);
    }
  }

  /** Feeds one event to the state machine and does what the transition says. Returns whether it was taken. */
  fire(context: RuleContext, event: MigrationEvent, reason = ''): boolean {
    const { draft, nowMs, outcome } = context;
    const migration = draft.record.migration!;
    const step = migrationStep(migration.state, event);
    if (!step.taken) return false;
    draft.updateMigration({ state: step.state, workUntilMs: 0, ...(reason === '' ? {} : { reason }) }, false);
    const to = migration.to;
    for (const action of step.actions) {
      switch (action) {
        case 'begin':
        case 'invite':
          draft.show();
          break;
        case 'commit':
          draft.updateMigration({ leaving: draft.record.sfu }, false);
          draft.setMode(to, to === 'sfu' ? migration.target : null);
          // nobody closes the old path while somebody still plays it: everybody acknowledges the change, too
          draft.updateMigration({ epoch: draft.takeVersion(), deadlineMs: nowMs + this.policy.settleTimeoutMs }, true);
          draft.setFields({ failures: 0, retryAtMs: 0, belowSinceMs: 0 });
          outcome.measurements.push(
            { name: 'voice_migrations_completed_total', labels: { to }, value: 1 },
            { name: 'voice_migration_duration_ms', labels: { to }, value: nowMs - migration.startedAtMs },
          );
          break;
        case 'release':
          if (migration.leaving) draft.retired.push(migration.leaving);
          draft.setMigration(null);
          break;
        case 'goBack':
          // the target stays until everybody is back: for some it may be the only path that works
          draft.show();
          draft.updateMigration(
            { epoch: draft.takeVersion(), deadlineMs: nowMs + this.policy.rollbackTimeoutMs },
            true,
          );
          outcome.measurements.push({
            name: 'voice_rollbacks_total',
            labels: { to, reason: migration.reason || event },
            value: 1,
          });
          break;
        case 'giveUp': {
          // a target that may have been started after all must not stay behind
          if (migration.target) draft.retired.push(migration.target);
          const failures = draft.record.failures + 1;
          const wait = Math.min(this.policy.retryMaxMs, this.policy.retryMs * (1 << Math.min(failures - 1, 16)));
          draft.setMigration(null);
          draft.setFields({ failures, retryAtMs: nowMs + wait, belowSinceMs: 0 });
          outcome.measurements.push({
            name: 'voice_migrations_failed_total',
            labels: { to, reason: migration.reason || event },
            value: 1,
          });
          break;
        }
        case 'discard':
          if (migration.target) draft.retired.push(migration.target);
          draft.setMigration(null);
          outcome.measurements.push({
            name: 'voice_migrations_failed_total',
            labels: { to, reason: 'abandoned' },
            value: 1,
          });
          break;
      }
    }
    return true;
  }

  /** When the migration has to be looked at again, or 0. */
  dueMs(draft: ChannelDraft): number {
    const migration = draft.record.migration;
    if (!migration) return 0;
    const deadlineMs = this.deadlineMs(migration);
    return migration.workUntilMs > 0 ? Math.min(deadlineMs, migration.workUntilMs) : deadlineMs;
  }

  /** When the migration, or its rollback, has taken too long. */
  protected deadlineMs(migration: MigrationRecord): number {
    return migration.deadlineMs;
  }

  /**
   * Goes on without members who cannot be got over to the SFU, if enough others are left. A mesh serves those well who cannot reach the SFU, so everybody is waited
   * for as long as it has room; when it is full it turns others away, and two attempts in a row have failed, three quarters of the members are enough. Those who are
   * left behind are members of the channel like those who have just come into its room: their clients go on trying, and tell them that they hear nobody.
   * @returns whether the migration goes on without them
   */
  protected leaveBehind(draft: ChannelDraft, migration: MigrationRecord, sessions: readonly string[]): boolean {
    if (migration.to !== 'sfu' || draft.record.mode !== 'p2p') return false;
    const known = new Set([...(migration.behind ?? []), ...sessions]);
    const behind = new Set(
      [...draft.record.members.values()].flatMap(({ sessionId }) => (known.has(sessionId) ? [sessionId] : [])),
    );
    if (!this.mayLeave(draft, behind)) return false;
    draft.updateMigration({ behind }, false);
    return true;
  }

  /**
   * The time is over, and all who are connected have arrived: rather than to send everybody back, waits until those whose connection is lost are back, or are
   * members no more. How long is known: for one grace time, and a moment in which the room confirms the others.
   * @returns whether it still waits
   */
  protected waitsForGrace(draft: ChannelDraft, migration: MigrationRecord, nowMs: number): boolean {
    const { migrationTimeoutMs, sessionGraceMs, workLeaseMs } = this.policy;
    const missing = this.missing(draft, migration);
    if (!missing.every(isLost) || this.awaited(draft, migration).every(isLost)) return false;
    const lastMs = Math.max(...missing.map(({ lostAtMs }) => lostAtMs)) + sessionGraceMs;
    const deadlineMs = Math.min(lastMs, migration.startedAtMs + migrationTimeoutMs + sessionGraceMs) + workLeaseMs;
    if (deadlineMs <= nowMs) return false;
    draft.updateMigration({ deadlineMs }, false);
    return true;
  }

  /** Whether a full mesh has waited long enough for these sessions, and enough others are there. */
  protected mayLeave(draft: ChannelDraft, behind: ReadonlySet<string>): boolean {
    const { members, failures } = draft.record;
    if (failures < PATIENT_ATTEMPTS || members.size < this.policy.meshLimit) return false;
    let left = 0;
    for (const { sessionId } of members.values()) if (!behind.has(sessionId)) left++;
    return left >= QUORUM * members.size;
  }

  /** Somebody new is missing again and again: those who wait are not made to wait for ever. */
  protected isOverdue({ startedAtMs }: MigrationRecord, nowMs: number): boolean {
    return nowMs >= startedAtMs + this.policy.migrationTimeoutMs + this.policy.settleTimeoutMs;
  }

  /** Those who have not acknowledged yet. */
  protected missing(draft: ChannelDraft, migration: MigrationRecord): Membership[] {
    return this.awaited(draft, migration).filter(({ sessionId }) => !migration.acks.has(sessionId));
  }

  /** Members without whom the migration does not go on: everybody who is in the channel now, and has not been left behind, as long as the mesh is full. */
  protected awaited(draft: ChannelDraft, { behind, state }: MigrationRecord): readonly Membership[] {
    const members = [...draft.record.members.values()];
    if (behind === undefined) return members;
    const undecided = state === 'migrating' || state === 'verifying';
    return undecided && !this.mayLeave(draft, behind)
      ? members
      : members.filter(({ sessionId }) => !behind.has(sessionId));
  }

  /** How many of them have not acknowledged yet. */
  protected pending(draft: ChannelDraft, migration: MigrationRecord): number {
    let pending = 0;
    for (const { sessionId } of this.awaited(draft, migration)) if (!migration.acks.has(sessionId)) pending++;
    return pending;
  }

  /** Hands out the work on the target unless somebody has it. Never a transition. */
  protected assign(context: RuleContext, kind: 'start-target' | 'verify-target'): false {
    const { draft, nowMs, outcome } = context;
    const migration = draft.record.migration!;
    if (migration.workUntilMs > nowMs) return false;
    draft.updateMigration({ workUntilMs: nowMs + this.policy.workLeaseMs }, false);
    outcome.work.push({
      kind,
      channelId: draft.record.channelId,
      migrationEpoch: migration.epoch,
      room: migration.target!,
    });
    return false;
  }
}
