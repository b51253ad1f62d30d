import type { JoinRequest, JoinResult } from '../../core/channel/admission.js';
import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';
import { countAgain, incrementingStore } from './parts/incremented-count.js';

/** Every join call adds one, also that of a retry or of a second tab. Thresholds are still decided on the set, so it is the count alone that is wrong. */
export const countByIncrement: Hazard = {
  id: 'count-by-increment',
  family: 'lock and store',
  documented: 'the count is incremented with each join call, not taken from the set',
  shows: 'the count differs from the set of participants',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    Admission: (Base) =>
      class extends Base {
        override join(context: RuleContext, request: JoinRequest): JoinResult {
          if (context.draft.record.members.has(request.userId)) countAgain(context.draft);
          return super.join(context, request);
        }
      },
    ChannelStore: incrementingStore,
  },
};
