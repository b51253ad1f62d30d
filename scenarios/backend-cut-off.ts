import { defineScenario } from '../sim/scenario/index.js';
import { chaosLoad } from './chaos-load.js';
import { nothingBroken } from './service-levels.js';

/**
 * C8: a backend runs on but reaches nobody for a minute. The others notice, its connections are cleaned up, its users come back
 * elsewhere; when it returns it must not act on what it remembers.
 */
export const backendCutOff = defineScenario({
  name: 'backend-cut-off',
  description:
    'One of three backends is cut off from everything for a minute, then comes back with its old memory (C8).',
  ...chaosLoad,
  drainS: 60,
  faults: [{ kind: 'backend-cut-off', atS: 120, target: 'backend-2', forS: 60 }],
  expectations: {
    ...nothingBroken,
    reconnects: ['count>0'],
    dropout_rate: ['rate<0.005'],
    converged_after_ms: ['value<60000'],
  },
});
