import { defineScenario } from '../../sim/scenario/index.js';
import { healthyService, nothingBroken } from '../service-levels.js';

/**
 * D5: ten calls of 50 on one server of 8 cores. With what has been measured elsewhere (rtcd) there is room to spare; with the document's own figures
 * (1.5 % of the server and 60 MB for each participant) 500 participants would need seven and a half such servers:
 * `--set topology.sfuNode.profile=documents-d5`.
 */
export const tenLargeCalls = defineScenario({
  name: 'ten-large-calls',
  description: 'Ten calls of 50 on one media server of 8 cores (D5).',
  durationS: 180,
  drainS: 20,
  policy: { profile: 'calls' },
  topology: { sfuNodes: 1, sfuNode: { profile: 'rtcd-c7i.2xlarge' } },
  population: {
    clients: 500,
    channels: 10,
    membersMin: 50,
    membersMax: 50,
    arrival: { kind: 'ramp', overS: 90 },
  },
  network: { clientProfiles: { good: 7, lte: 2, 'dsl-good': 1 } },
  media: { talk: { model: 'dominant' } },
  expectations: {
    ...nothingBroken,
    ...healthyService,
    participants_max: ['value==500'],
    first_connection_ms: ['p(95)<1500'],
    sfu_cpu_max: ['value<0.6'],
    sfu_memory_max: ['value<0.8'],
    sfu_dropped_rate: ['rate==0'],
    sfu_refusals: ['count==0'],
    forwarding_ms: ['p(99)<5'],
  },
});
