import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/** The one who leaves through the lower threshold begins a migration, at once; nobody goes on with it, and it has no deadline. */
export const leaveFlagStuck: Hazard = {
  id: 'leave-flag-stuck',
  family: 'lock and store',
  documented: 'leaving through the lower threshold sets migration-in-progress and never clears it',
  shows: 'joins are queued although nothing migrates',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    ModeChoice: (Base) =>
      class extends Base {
        protected override fromSfu(context: RuleContext): boolean {
          const { sfu, members } = context.draft.record;
          if (!sfu || !this.nodes.alive(sfu.node) || members.size > this.policy.disableThreshold)
            return super.fromSfu(context);
          this.migrations.start(context, 'p2p', null);
          return true;
        }
      },
    Migrations: (Base) =>
      class extends Base {
        override advance(context: RuleContext): boolean {
          return context.draft.record.migration!.to !== 'p2p' && super.advance(context);
        }
      },
  },
};
