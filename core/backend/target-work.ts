import type { ChannelDesk } from '../channel/channel-desk.js';
import type { ChannelWork } from '../channel/channel-rules.js';
import type { SfuControl } from '../ports.js';

/**
 * Starts or verifies the room that a migration moves to, outside of every lock, and reports what came of it. If the report cannot be
 * made, the work lease runs out and another backend does it again.
 */
export class TargetWork {
  constructor(
    protected readonly sfu: SfuControl,
    protected readonly desk: ChannelDesk,
  ) {}

  async carryOut(job: ChannelWork): Promise<void> {
    const { sfu, desk } = this;
    const { migrations } = desk.rules;
    if (job.kind === 'start-target') {
      const error = await sfu.startRoom(job.room).then(
        () => null,
        (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
      );
      await desk.change(job.channelId, (context) => migrations.targetStarted(context, job.migrationEpoch, error));
    } else {
      const present = await sfu.participants(job.room).catch(() => []);
      await desk.change(job.channelId, (context) => migrations.targetSeen(context, job.migrationEpoch, present));
    }
  }
}
