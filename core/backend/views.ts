import type { ChannelRecord } from '../channel/channel-record.js';
import type { MigrationState } from '../migration/migration-machine.js';
import type { SfuRoom } from '../ports.js';
import type { ChannelView, Member, MigrationView, SfuGrant } from '../protocol.js';

/** Makes what lets one user into one room. A8's signed tokens are one implementation. */
export interface TokenIssuer {
  issue(userId: string, room: SfuRoom): string;
}

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
      sfu: record.sfu && this.grant(record.sfu, userId),
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
      sfu: phase === 'connect' && migration.target ? this.grant(migration.target, userId) : null,
    };
  }

  protected grant(room: SfuRoom, userId: string): SfuGrant {
    return { ...room, token: this.tokens.issue(userId, room) };
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
