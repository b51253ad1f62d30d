import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * A3, A4, A5 under the worst arrival: 20 channels of exactly 8, the threshold, and all 160 users at once, over two backends. The
 * eighth join starts the migration while the others are still being answered.
 */
export const joinStorm = defineScenario({
  name: 'join-storm',
  description:
    '160 users join 20 channels within a second, each channel exactly at the threshold, over two backends (A3-A5).',
  durationS: 120,
  policy: { profile: 'channels' },
  topology: { backends: 2 },
  population: {
    clients: 160,
    channels: 20,
    membersMin: 8,
    membersMax: 8,
    arrival: { kind: 'storm', atS: 5, overS: 1 },
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  expectations: {
    ...nothingBroken,
    clients_joined_rate: ['rate==1'],
    error_rate: ['rate<0.01'],
    channels_switched_rate: ['rate==1'],
    migration_success_rate: ['rate>0.98'],
    migration_duration_ms: ['p(95)<10000'],
  },
});
