import { defineScenario } from '../sim/scenario/index.js';
import { healthyService, nothingBroken } from './service-levels.js';

/**
 * C7, second load test: 100 users arrive over 10 minutes, channels switch to the SFU at 8 participants, and all of them do.
 */
export const hybridRamp = defineScenario({
  name: 'hybrid-ramp',
  description: '100 users arrive over 10 minutes; every channel switches to the SFU at 8 (C7).',
  durationS: 720,
  policy: { profile: 'channels' },
  population: {
    clients: 100,
    channels: 10,
    membersMin: 8,
    membersMax: 12,
    arrival: { kind: 'ramp', overS: 600 },
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  expectations: {
    ...nothingBroken,
    ...healthyService,
    join_latency_ms: ['p(95)<800'],
    channels_switched_rate: ['rate==1'],
    migrations_completed: ['count>=10'],
    migration_success_rate: ['rate>0.98'],
    migration_duration_ms: ['p(95)<10000'],
  },
});
