import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/**
 * C9: an evening on phones. Three of four devices run on a low battery and go to the background now and then; nothing plays before a first touch. Voice goes on
 * for everybody, and it costs those devices less.
 */
export const mobileEvening = defineScenario({
  name: 'mobile-evening',
  description: 'Phones low on battery, in the background and waiting for a touch: voice goes on, and costs less (C9).',
  durationS: 80,
  drainS: 20,
  policy: { profile: 'always-sfu' },
  population: {
    clients: 12,
    channels: 2,
    membersMin: 6,
    membersMax: 6,
    arrival: { kind: 'ramp', overS: 10 },
    devices: {
      mobileShare: 0.75,
      chargeMin: 0.05,
      chargeMax: 0.18,
      drainPerHour: 1.2,
      background: { everyS: 40, forS: 20 },
      gestureNeeded: true,
    },
  },
  network: { clientProfiles: { lte: 3, good: 1 } },
  media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
  expectations: {
    ...nothingBroken,
    // low and medium are 97.6 kbit/s up, and 56.8 for each of five voices down; in the best layers it would be 186 and 444
    uplink_kbps: ['p(25)<110'],
    downlink_kbps: ['p(25)<300'],
    voice_dropout_rate: ['rate<0.01'],
    mos_worst_listener: ['value>3.6'],
  },
});
