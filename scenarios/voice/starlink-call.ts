import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/** Four people on Starlink: every 15 s the route changes, with a delay of 140 ms and half of the packets lost for 300 ms. */
export const starlinkCall = defineScenario({
  name: 'starlink-call',
  description: 'Four people on Starlink, whose route changes every 15 s, talk over an SFU.',
  durationS: 90,
  drainS: 20,
  policy: { profile: 'always-sfu' },
  population: {
    script: [1, 2, 3, 4].map((user) => ({ atS: user / 10, user, do: 'join', network: 'starlink' })),
  },
  media: { fidelity: 'packet', talk: { model: 'dominant' } },
  expectations: {
    ...nothingBroken,
    recovery_ms: ['max<2000'],
    voice_dropout_rate: ['rate<0.02'],
    voice_gap_max_ms: ['value<600'],
    mos_worst_listener: ['value>3.8'],
  },
});
