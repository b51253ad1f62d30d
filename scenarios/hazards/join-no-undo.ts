import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/**
 * When the SFU cannot be started, the flag stays set. Three safeguards look after a target that does not come up, none of which the
 * documents have: the work is handed out again, the node's death is noticed, the deadline passes. So whoever has begun is not asked again.
 */
export const joinNoUndo: Hazard = {
  id: 'join-no-undo',
  family: 'lock and store',
  documented: 'the error path of a join releases the lock but undoes nothing',
  shows: 'the migration never ends, and later joins are queued for ever',
  enabledBy: 'failure',
  shortest: 2,
  change: {
    Migrations: (Base) =>
      class extends Base {
        override targetStarted(context: RuleContext, epoch: number, error: string | null): void {
          if (error === null) super.targetStarted(context, epoch, error);
        }

        override advance(context: RuleContext): boolean {
          const { state, workUntilMs } = context.draft.record.migration!;
          return !(state === 'preparing' && workUntilMs > 0) && super.advance(context);
        }
      },
  },
};
