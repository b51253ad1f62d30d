import { defineScenario } from '../sim/scenario/index.js';
import { healthyService, nothingBroken } from './service-levels.js';

/**
 * C7, third load test: 500 users, 30 minutes, 50 channels of 2 to 30, coming and going. The number of channels is a tenth of the
 * clients unless it is set, so `--set population.clients=10000` makes 1 000 channels.
 */
export const mixedLoad = defineScenario({
  name: 'mixed-load',
  description: '500 users for 30 minutes in 50 channels of 2 to 30, coming and going (C7).',
  durationS: 1800,
  policy: { profile: 'channels' },
  population: {
    clients: 500,
    membersMin: 2,
    membersMax: 30,
    arrival: { kind: 'poisson', overS: 300 },
    session: { meanS: 600 },
    pauseS: 60,
    closeTabShare: 0.2,
    secondTabShare: 0.05,
  },
  network: { clientProfiles: { wifi: 50, lte: 30, 'dsl-good': 12, 'dsl-poor': 5, '3g': 3 } },
  hosts: { clockSkewMs: 100, clockDriftPpm: 20 },
  expectations: {
    ...nothingBroken,
    ...healthyService,
    // a packet lost while connecting costs a second (RFC 6298), two of them two
    join_latency_ms: ['p(95)<2500'],
    migrations_completed: ['count>0'],
    migration_success_rate: ['rate>0.98'],
    migration_duration_ms: ['p(95)<10000'],
  },
});
