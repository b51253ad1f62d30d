import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * C8 and C2: one of three backends dies with everything in its memory, and is restarted a minute later. Its users reconnect
 * elsewhere, media go on, nobody becomes a ghost.
 */
export const backendCrash = defineScenario({
  name: 'backend-crash',
  description: 'One of three backends dies under load; its users reconnect elsewhere without a dropout (C8, C2).',
  durationS: 300,
  drainS: 60,
  policy: { profile: 'channels' },
  population: {
    clients: 100,
    channels: 10,
    membersMin: 2,
    membersMax: 16,
    arrival: { kind: 'ramp', overS: 60 },
    session: { meanS: 120 },
    pauseS: 10,
    closeTabShare: 0.2,
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  hosts: { clockSkewMs: 100, clockDriftPpm: 20 },
  faults: [{ kind: 'backend-crash', atS: 120, target: 'backend-1', forS: 60 }],
  expectations: {
    ...nothingBroken,
    reconnects: ['count>0'],
    dropout_rate: ['rate<0.005'],
    converged_after_ms: ['value<60000'],
  },
});
