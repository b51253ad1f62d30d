import { defineScenario } from '../sim/scenario/index.js';
import { healthyService, nothingBroken } from './service-levels.js';

/**
 * D5: 50 in a call over an SFU, one or two of them talking; media latency p50 below 80, p95 below 100, p99 below 150 ms from socket to socket,
 * loss p95 below 2 %, first connection below 1.5 s. Loss is that of a whole conversation: of the 50 packets of a second one is 2 %. These are asked of ordinary access networks near a data centre, not of 3G. Ten such
 * calls on a server: `--set population.clients=500 --set population.channels=10 --set media.fidelity=flow`.
 */
export const largeCall = defineScenario({
  name: 'large-call',
  description: '50 people in one call over an SFU, in packets: latency, loss and first connection (D5).',
  durationS: 60,
  drainS: 20,
  policy: { profile: 'always-sfu' },
  population: {
    clients: 50,
    channels: 1,
    membersMin: 50,
    membersMax: 50,
    arrival: { kind: 'ramp', overS: 20 },
    session: { meanS: null },
  },
  network: { clientProfiles: { good: 7, lte: 2, 'dsl-good': 1 } },
  media: { fidelity: 'packet', talk: { model: 'dominant' } },
  expectations: {
    ...nothingBroken,
    ...healthyService,
    first_connection_ms: ['p(95)<1500'],
    // of calls in general: who draws more people on DSL than its share is just above
    media_latency_ms: ['p(50)<80', { expect: 'p(95)<100', over: 'median' }, 'p(99)<150'],
    conversation_loss_rate: ['p(95)<0.02'],
  },
});
