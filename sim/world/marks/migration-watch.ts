import type { Marks } from '../../oracles/marks/index.js';
import type { World } from '../world.js';

/** A migration as the store shows it. */
export interface WatchedMigration {
  state: string;
  epoch: number;
  readonly startedUs: number;
  /** Backend that began it. */
  readonly beganBy: string;
  /** A member had to be waited for again. */
  pendingAgain: boolean;
}

/** Follows the migrations of all channels, and marks what becomes of them. */
export class MigrationWatch {
  /** Channels whose mode is being decided, or whose members are settling. */
  readonly present = new Map<number, WatchedMigration>();
  /** When the last migration or rollback of a channel that ran out of time did so, in microseconds. */
  readonly timedOutUs = new Map<number, number>();
  private readonly failed = new Set<number>();

  constructor(
    private readonly world: World,
    private readonly marks: Marks,
  ) {}

  /** A backend has written the migration of a channel. */
  written(channelId: number, backend: string): void {
    const record = this.world.redis.inspect().hgetall(`migration:${channelId}`);
    const state = record.get('state');
    const before = this.present.get(channelId);
    if (state === undefined) {
      if (before) this.ended(channelId, before);
      return;
    }
    const epoch = Number(record.get('epoch'));
    if (!before || before.state === 'completed' || before.state === 'rollingBack') {
      if (before?.epoch === epoch) return;
      if (before) this.ended(channelId, before);
      this.began(channelId, state, epoch, backend);
      return;
    }
    if (before.state === state) return;
    if (before.state === 'verifying' && state === 'migrating') {
      before.pendingAgain = true;
      this.marks.reach('member-pending-again');
    }
    before.state = state;
    before.epoch = epoch;
    if (state === 'completed') this.completed(channelId, before, backend);
    if (state === 'rollingBack' && record.get('reason') === 'timeout')
      this.timedOutUs.set(channelId, this.world.sim.nowUs);
  }

  private began(channelId: number, state: string, epoch: number, beganBy: string): void {
    this.present.set(channelId, { state, epoch, startedUs: this.world.sim.nowUs, beganBy, pendingAgain: false });
    if (this.present.size > 1) this.marks.reach('two-migrations-at-once');
  }

  private completed(channelId: number, migration: WatchedMigration, backend: string): void {
    const { marks, world } = this;
    const lastedMs = (world.sim.nowUs - migration.startedUs) / 1_000;
    if (migration.pendingAgain) marks.reach('completed-after-pending');
    if (migration.beganBy !== backend) marks.reach('completed-by-another');
    if (this.failed.has(channelId)) marks.reach('migration-retried');
    if (lastedMs >= world.policy.migrationTimeoutMs - 1_000) marks.reach('timeout-and-ready-in-one-second');
  }

  private ended(channelId: number, { state }: WatchedMigration): void {
    this.present.delete(channelId);
    if (state === 'completed') this.marks.reach('migration-released');
    else this.failed.add(channelId);
  }
}
