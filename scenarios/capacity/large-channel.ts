import { defineScenario } from '../../sim/scenario/index.js';
import { healthyService, nothingBroken } from '../service-levels.js';

/**
 * C10: more than 200 in one channel. It begins in the mesh, moves to the SFU at 8 and grows to 220 within two minutes. What it costs grows with the square
 * of its members: every silent one sends comfort noise, and each packet goes to 219 others.
 */
export const largeChannel = defineScenario({
  name: 'large-channel',
  description: '220 people in one channel, from the mesh over the switch to one SFU node: CPU, latency, quality (C10).',
  durationS: 240,
  drainS: 30,
  policy: { profile: 'channels' },
  topology: { sfuNode: { profile: 'rtcd-c7i.2xlarge' } },
  population: {
    clients: 220,
    channels: 1,
    membersMin: 220,
    membersMax: 220,
    arrival: { kind: 'ramp', overS: 120 },
  },
  network: { clientProfiles: { good: 7, lte: 2, 'dsl-good': 1 } },
  media: { fidelity: 'flow', talk: { model: 'dominant' } },
  expectations: {
    ...nothingBroken,
    ...healthyService,
    channel_size_max: ['value>=220'],
    sfu_cpu_max: ['value<0.6'],
    sfu_dropped_rate: ['rate==0'],
    sfu_refusals: ['count==0'],
    forwarding_ms: ['p(99)<5'],
    media_latency_ms: ['p(95)<100'],
    mos: ['med>4'],
    uptime: ['rate>0.999'],
  },
});
