import type { JoinRequest, JoinResult } from '../../core/channel/admission.js';
import { holdsJoins } from '../../core/channel/channel-record.js';
import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';
import { countAgain, incrementingStore } from './parts/incremented-count.js';

/**
 * Asking again is another entry in the queue, and each entry is a join. Here members are kept by user, which makes the second join
 * harmless; the documents count joins, so the count is incremented as in `count-by-increment`, but for queued joins only.
 */
export const queueRetryDouble: Hazard = {
  id: 'queue-retry-double',
  family: 'queue',
  documented: 'a client that has timed out asks again, and both joins are processed',
  shows: 'the user is counted twice',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    Admission: (Base) =>
      class extends Base {
        override join(context: RuleContext, request: JoinRequest): JoinResult {
          const { draft } = context;
          const { record } = draft;
          if (!holdsJoins(record) || record.members.has(request.userId)) return super.join(context, request);
          draft.setQueue([...record.queue, { ...request, lostAtMs: 0 }]);
          return { outcome: 'queued', position: record.queue.length };
        }

        override admitNext(context: RuleContext): boolean {
          const { record } = context.draft;
          const before = record.members.size;
          const admitted = super.admitNext(context);
          if (admitted && record.members.size === before) countAgain(context.draft);
          return admitted;
        }
      },
    ChannelStore: incrementingStore,
  },
};
