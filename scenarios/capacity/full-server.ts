import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/**
 * D7 and B8: more people than fit, by the calls document's own figures (66 on a server). The server refuses and does not fall over: who is
 * inside goes on as if nothing were the matter, who is not is told, and gets in when somebody goes.
 *
 * It calls itself full at 65 %, not at 80 %: backends know of it some seconds later, and when somebody has gone all who wait ask within those seconds.
 */
export const fullServer = defineScenario({
  name: 'full-server',
  description: 'Twice as many people as one media server takes: it refuses, and those inside notice nothing (D7, B8).',
  durationS: 300,
  drainS: 30,
  policy: { profile: 'always-sfu' },
  topology: {
    sfuNodes: 1,
    sfuNode: { profile: 'documents-d5', overloadShare: 0.65, recoverShare: 0.55, fallback: 'lowest-layer' },
  },
  population: {
    clients: 120,
    channels: 12,
    membersMin: 10,
    membersMax: 10,
    arrival: { kind: 'ramp', overS: 90 },
    session: { meanS: 120 },
    pauseS: 60,
  },
  network: { clientProfiles: { good: 7, lte: 2, 'dsl-good': 1 } },
  media: { fidelity: 'flow', talk: { model: 'conversation' } },
  expectations: {
    ...nothingBroken,
    dropout_rate: ['rate<0.005'],
    refused_joins: ['count>50'],
    sfu_overloaded_rate: ['rate>0.2'],
    // it is full, and not above it
    sfu_cpu_max: ['value>0.65', 'value<1'],
    sfu_dropped_rate: ['rate==0'],
    forwarding_ms: ['p(99)<10'],
    voice_dropout_rate: ['rate<0.005'],
    mos: ['med>3.8'],
  },
});
