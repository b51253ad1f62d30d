import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/**
 * B10: no dropouts at 20 % loss. One of four loses each fifth packet both ways from 10 s on, and everybody talks all the time: FEC repairs what stands
 * alone. (`network-tests` has the same loss from the first packet on, when it is the set-up of the call that suffers.)
 */
export const loss20NoDropouts = defineScenario({
  name: 'loss-20-no-dropouts',
  description: 'One of four people loses a fifth of all packets, each way, and nobody notices dropouts (B10).',
  durationS: 70,
  drainS: 20,
  policy: { profile: 'always-sfu' },
  population: {
    script: [1, 2, 3, 4].map((user) => ({ atS: user / 10, user, do: 'join', network: user === 1 ? 'lossy' : 'lte' })),
  },
  network: {
    profiles: { lossy: { delayMs: 20, phases: [{ fromMs: 10_000, untilMs: 100_000, lossRate: 0.2 }] } },
  },
  media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
  expectations: {
    ...nothingBroken,
    media_loss_rate: ['max>0.1'],
    concealed_rate: ['rate<0.03'],
    voice_dropout_rate: ['rate<0.005'],
    voice_gaps: ['count==0'],
    mos_worst_listener: ['value>3.1'],
  },
});
