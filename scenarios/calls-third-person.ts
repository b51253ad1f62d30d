import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * D1: calls between two go peer to peer; a third person joins (the call moves to the SFU) and leaves again (it moves back), twice.
 * Transition p95 below 2 s, first connection p95 below 1.5 s (D5), and no call dropped.
 */
export const callsThirdPerson = defineScenario({
  name: 'calls-third-person',
  description: '100 calls of two; a third person joins, leaves, and comes again: P2P to SFU and back (D1).',
  durationS: 600,
  policy: { profile: 'calls' },
  population: {
    clients: 300,
    channels: 100,
    membersMin: 3,
    membersMax: 3,
    arrival: { kind: 'ramp', overS: 30 },
    guests: { perChannel: 1, atS: 60, overS: 120, stayS: 60, visits: 2, awayS: 60 },
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  expectations: {
    ...nothingBroken,
    clients_joined_rate: ['rate==1'],
    error_rate: ['rate<0.01'],
    first_connection_ms: ['p(95)<1500'],
    migration_duration_ms: ['p(95)<2000'],
    migration_success_rate: ['rate>0.98'],
    dropout_rate: ['rate<0.005'],
  },
});
