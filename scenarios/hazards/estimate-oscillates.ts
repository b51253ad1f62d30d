import type { LossReport } from '../../core/media/bandwidth-estimator.js';
import type { Hazard } from './hazard.js';

/** Loss over the threshold takes 15 % off, anything else adds 5 %, whatever happened a moment ago. */
export const estimateOscillates: Hazard = {
  id: 'estimate-oscillates',
  family: 'media',
  world: 'voice-crossroads',
  documented: 'the estimate falls by 15 % or rises by 5 % with each report, with nothing in between',
  shows: 'with loss around the threshold the estimate never settles',
  enabledBy: 'network',
  shortest: 6,
  change: {
    LossRuleEstimator: (Base) =>
      class extends Base {
        protected override mayRise(_report: LossReport): boolean {
          return true;
        }
      },
  },
};
