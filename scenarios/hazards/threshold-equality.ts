import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/**
 * A channel that has more members than the threshold has already been switched, or so the test believes.
 */
export const thresholdEquality: Hazard = {
  id: 'threshold-equality',
  family: 'migration',
  documented: 'the trigger tests `count == threshold`',
  shows: 'two who join at once take the channel past the threshold: it never switches',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    ModeChoice: (Base) =>
      class extends Base {
        protected override fromMesh(context: RuleContext): boolean {
          return context.draft.record.members.size <= this.policy.enableThreshold && super.fromMesh(context);
        }
      },
  },
};
