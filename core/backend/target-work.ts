import type { ChannelDesk } from '../channel/channel-desk.js';
import { sameRoom } from '../channel/channel-record.js';
import type { ChannelWork } from '../channel/channel-rules.js';
import type { NodeDirectory } from '../cluster/node-directory.js';
import type { SfuControl } from '../ports.js';

/**
 * Starts or verifies the room that a migration moves to, outside of every lock, and reports what came of it. If the report cannot be
 * made, the work lease runs out and another backend does it again.
 */
export class TargetWork {
  constructor(
    protected readonly sfu: SfuControl,
    protected readonly desk: ChannelDesk,
    protected readonly nodes: Pick<NodeDirectory, 'refused'> = {},
  ) {}

  async carryOut(job: ChannelWork): Promise<void> {
    const { sfu, desk } = this;
    const { migrations } = desk.rules;
    if (job.kind === 'start-target') {
      const { room, migrationEpoch: epoch } = job;
      let full = false;
      const error = await sfu.startRoom(room).then(
        () => null,
        (reason: unknown) => {
          full = (reason as { readonly code?: unknown } | null)?.code === 'full';
          return reason instanceof Error ? reason.message : String(reason);
        },
      );
      if (full) this.nodes.refused?.(room.node);
      await desk.change(job.channelId, (context) => {
        // an answer about a target that has been moved meanwhile says nothing about the new one
        const target = context.draft.record.migration?.target;
        if (target && !sameRoom(target, room)) return;
        if (!full || !migrations.targetRefused(context, epoch, room)) migrations.targetStarted(context, epoch, error);
      });
    } else {
      const present = await sfu.participants(job.room).catch(() => []);
      await desk.change(job.channelId, (context) => migrations.targetSeen(context, job.migrationEpoch, present));
    }
  }
}
