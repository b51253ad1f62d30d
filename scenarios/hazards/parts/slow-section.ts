import type { ChannelDesk } from '../../../core/channel/channel-desk.js';
import type { RuleContext } from '../../../core/channel/channel-rules.js';
import type { SfuCluster } from '../../../core/cluster/sfu-cluster.js';
import type { SfuRoom } from '../../../core/ports.js';
import type { Lease } from '../../../core/store/channel-lock.js';

interface RoomStarter {
  /** The error of the last attempt, or null. */
  start(room: SfuRoom): Promise<string | null>;
}

/** One attempt is given up after the 3 s of our control; a node that takes longer is asked again. */
const ATTEMPTS = 2;

export const startingCluster = (Base: typeof SfuCluster): typeof SfuCluster =>
  class extends Base implements RoomStarter {
    async start(room: SfuRoom): Promise<string | null> {
      let problem = '';
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        try {
          await this.control.startRoom(room);
          return null;
        } catch (error) {
          problem = String(error);
        }
      }
      return problem;
    }
  };

/** Starts the SFU room of a migration before the section ends, under the lock, as the documents' join does. */
export const startingDesk = (Base: typeof ChannelDesk): typeof ChannelDesk =>
  class extends Base {
    protected override async commit(lease: Lease, context: RuleContext): Promise<boolean> {
      const { rules } = this;
      const { work } = context.outcome;
      for (const job of work.filter(({ kind }) => kind === 'start-target')) {
        work.splice(work.indexOf(job), 1);
        const error = await (rules.nodes as unknown as RoomStarter).start(job.room);
        rules.migrations.targetStarted(context, job.migrationEpoch, error);
        rules.settle(context);
      }
      return super.commit(lease, context);
    }
  };
