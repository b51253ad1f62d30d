import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';
import { unattendedQueue } from './parts/unattended-queue.js';

/** A queued join that cannot be done is forgotten. There is no token limit here yet; what can refuse a queued join is a mesh that is full, after a migration has failed. */
export const queueErrorDropped: Hazard = {
  id: 'queue-error-dropped',
  family: 'queue',
  documented: 'a queued join that fails is logged and dropped',
  shows: 'its user waits for ever',
  enabledBy: 'failure',
  shortest: 3,
  change: {
    ...unattendedQueue,
    Admission: (Base) =>
      class extends Base {
        override admitNext(context: RuleContext): boolean {
          const { draft } = context;
          const { queue } = draft.record;
          if (queue.length === 0 || !this.full(draft)) return super.admitNext(context);
          draft.setQueue(queue.slice(1));
          return true;
        }
      },
  },
};
