import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/**
 * Whoever cannot get into the SFU goes back alone, and nobody waits for it any more: neither the migration nor the question to the SFU who has arrived.
 */
export const rollbackOneLeavesOthers: Hazard = {
  id: 'rollback-one-leaves-others',
  family: 'migration',
  documented: 'one client reports a failure and goes back; the others have already closed P2P',
  shows: 'the one whom the SFU refuses has no path at all',
  enabledBy: 'failure',
  shortest: 2,
  change: {
    Migrations: (Base) =>
      class extends Base {
        override failed(context: RuleContext, userId: string, sessionId: string, epoch: number): void {
          this.ready(context, userId, sessionId, epoch);
        }

        override targetSeen(context: RuleContext, epoch: number): void {
          super.targetSeen(context, epoch, [...context.draft.record.members.keys()]);
        }
      },
  },
};
