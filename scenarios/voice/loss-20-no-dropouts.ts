import { defineScenario } from '../../sim/scenario/index.js';
import { networkTest } from '../network-tests.js';
import { nothingBroken } from '../service-levels.js';

/** B10: no dropouts at 20 % loss. One of four loses each fifth packet both ways, and everybody talks all the time: FEC repairs what stands alone. */
export const loss20NoDropouts = defineScenario({
  ...networkTest('loss-20', 'sfu'),
  name: 'loss-20-no-dropouts',
  description: 'One of four people loses a fifth of all packets, each way, and nobody notices dropouts (B10).',
  expectations: {
    ...nothingBroken,
    media_loss_rate: ['max>0.1'],
    concealed_rate: ['rate<0.03'],
    voice_dropout_rate: ['rate<0.005'],
    voice_gap_max_ms: ['value<500'],
    mos_worst_listener: ['value>3.1'],
  },
});
