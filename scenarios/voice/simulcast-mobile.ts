import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/**
 * B10: simulcast halves a mobile's bandwidth. Six people talk over an SFU; the phone of person 1 has 8 % of its battery left, so it asks for the low layer, and sends only
 * that. The others go on in the best one. Without simulcast (`--set media.codec.simulcast=false`) there is one encoding for all, and the phone gets the same as
 * everybody.
 */
export const simulcastMobile = defineScenario({
  name: 'simulcast-mobile',
  description: 'A phone low on battery takes half the bandwidth of the five others in its call (B10).',
  durationS: 60,
  drainS: 20,
  policy: { profile: 'always-sfu' },
  population: {
    script: [
      ...[1, 2, 3, 4, 5, 6].map((user) => ({ atS: user / 10, user, do: 'join' as const, network: 'lte' })),
      { atS: 2, user: 1, do: 'battery', level: 0.08 },
    ],
  },
  media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
  expectations: {
    ...nothingBroken,
    // one of six listeners gets five voices in the low layer (40.8 kbit/s), the others four in the high one (88.8) and that of the phone
    downlink_kbps: ['p(10)<210', 'med>390'],
    voice_gaps: ['count==0'],
    mos_worst_listener: ['value>3.6'],
  },
});
