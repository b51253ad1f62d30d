import type { TalkPlan } from '../talk/index.js';
import type { MediaSession } from './media-session.js';

interface Period {
  readonly fromUs: number;
  untilUs: number;
}

/** Migrations remembered. */
const PERIODS = 8;

/** The sessions that sit in one channel, and what is known of it. */
export class ChannelMedia {
  readonly sessions = new Map<string, MediaSession>();
  private readonly migrations: Period[] = [];
  private migrates = false;

  constructor(
    readonly channelId: number,
    readonly talk: TalkPlan,
  ) {}

  /** Whether the channel migrates now; looked at now and then. */
  noteMigrating(migrating: boolean, nowUs: number, everyUs: number): void {
    if (migrating && !this.migrates) {
      this.migrations.push({ fromUs: nowUs - everyUs, untilUs: Number.POSITIVE_INFINITY });
      if (this.migrations.length > PERIODS) this.migrations.shift();
    } else if (!migrating && this.migrates) this.migrations.at(-1)!.untilUs = nowUs;
    this.migrates = migrating;
  }

  /** Whether the channel was migrating at a time, as far as that was seen. */
  migratedAt(timeUs: number): boolean {
    return this.migrations.some(({ fromUs, untilUs }) => timeUs >= fromUs && timeUs < untilUs);
  }
}
