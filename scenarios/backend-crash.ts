import { defineScenario } from '../sim/scenario/index.js';
import { chaosLoad } from './chaos-load.js';
import { nothingBroken } from './service-levels.js';

/**
 * C8 and C2: one of three backends dies with everything in its memory, and is restarted a minute later. Its users reconnect
 * elsewhere, media go on, nobody becomes a ghost.
 */
export const backendCrash = defineScenario({
  name: 'backend-crash',
  description: 'One of three backends dies under load; its users reconnect elsewhere without a dropout (C8, C2).',
  ...chaosLoad,
  drainS: 60,
  faults: [{ kind: 'backend-crash', atS: 120, target: 'backend-1', forS: 60 }],
  expectations: {
    ...nothingBroken,
    reconnects: ['count>0'],
    dropout_rate: ['rate<0.005'],
    converged_after_ms: ['value<60000'],
  },
});
