import type { ChannelRecord } from '../channel/channel-record.js';
import type { MigrationState } from '../migration/migration-machine.js';
import type { SfuRoom } from '../ports.js';
import type { ChannelView, Member, MigrationView, SfuGrant } from '../protocol.js';
import type { TokenIssuer } from '../token/token-book.js';

const phases: Partial<Record<MigrationState, MigrationView['phase']>> = {
  preparing: 'hold',
  completed: 'settle',
  rollingBack: 'rollback',
};

/** Turns a channel's record into what one member is shown. */
export class Views {
  protected lastRecord: ChannelRecord | null = null;
  protected lastVersion = 0;
  protected lastRoster: readonly Member[] = [];

  constructor(
    protected readonly tokens: TokenIssuer,
    protected readonly meshLimit: number,
  ) {}

  of(record: ChannelRecord, userId: string): ChannelView {
    return {
      channelId: record.channelId,
      version: record.version,
      mode: record.mode,
      epoch: record.epoch,
      roster: this.roster(record),
      sfu: record.sfu && this.grant(record, record.sfu, userId),
      migration: this.migration(record, userId),
      degraded: record.degraded ? { reason: 'sfu', maxParticipants: this.meshLimit } : null,
    };
  }

  protected migration(record: ChannelRecord, userId: string): MigrationView | null {
    const { migration } = record;
    if (!migration) return null;
    const phase = phases[migration.state] ?? 'connect';
    return {
      epoch: migration.epoch,
      to: migration.to,
      phase,
      sfu: phase === 'connect' && migration.target ? this.grant(record, migration.target, userId) : null,
    };
  }

  protected grant(record: ChannelRecord, room: SfuRoom, userId: string): SfuGrant {
    return { ...room, token: this.tokens.issue(userId, room, record.members.get(userId)?.sessionId ?? '') };
  }

  /** Shared by all views of the same record. */
  protected roster(record: ChannelRecord): readonly Member[] {
    if (this.lastRecord !== record || this.lastVersion !== record.version) {
      this.lastRecord = record;
      this.lastVersion = record.version;
      this.lastRoster = [...record.members.values()].map(({ userId, sessionId }) => ({ userId, sessionId }));
    }
    return this.lastRoster;
  }
}
