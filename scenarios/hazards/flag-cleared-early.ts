import type { JoinRequest, JoinResult } from '../../core/channel/admission.js';
import type { ChannelDraft } from '../../core/channel/channel-draft.js';
import type { Membership, MigrationRecord } from '../../core/channel/channel-record.js';
import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/**
 * `Admission` lets people in during a migration, as if the flag were gone. The core would survive this, because it waits for whoever is there; the
 * documented migration waits for those who were there when it began, so `Migrations` asks only them.
 */
export const flagClearedEarly: Hazard = {
  id: 'flag-cleared-early',
  family: 'migration',
  documented: 'the flag is set and cleared inside the same join call',
  shows:
    'joins are not queued while others are still switching; the mode changes although the newcomer has no new path',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    Admission: (Base) =>
      class extends Base {
        override join(context: RuleContext, request: JoinRequest): JoinResult {
          const { draft } = context;
          if (!draft.record.migration || draft.record.members.has(request.userId) || this.full(draft))
            return super.join(context, request);
          draft.putMember({ ...request, lostAtMs: 0 });
          return { outcome: 'joined' };
        }
      },
    Migrations: (Base) =>
      class extends Base {
        protected override awaited(draft: ChannelDraft, migration: MigrationRecord): readonly Membership[] {
          return super.awaited(draft, migration).filter(({ since }) => since <= migration.epoch);
        }
      },
  },
};
