import { defineScenario } from '../sim/scenario/index.js';
import { healthyService, nothingBroken } from './service-levels.js';

/**
 * C7, first load test: 50 users, 5 minutes, under 10 in a channel, all peer to peer. The threshold stands at 10 here so that nothing
 * switches: what is seen is the cost of the mesh and of joining alone.
 */
export const p2pBaseline = defineScenario({
  name: 'p2p-baseline',
  description: '50 users for 5 minutes in channels of fewer than 10, all peer to peer (C7).',
  durationS: 300,
  policy: { profile: 'channels', enableThreshold: 10, disableThreshold: 5 },
  population: {
    clients: 50,
    channels: 10,
    membersMin: 2,
    membersMax: 9,
    arrival: { kind: 'ramp', overS: 60 },
    session: { meanS: 180 },
    pauseS: 20,
    closeTabShare: 0.2,
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  expectations: {
    ...nothingBroken,
    ...healthyService,
    join_latency_ms: ['p(95)<800'],
    migrations_started: ['count==0'],
  },
});
