import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/**
 * Somebody leaves the house: at 20 s Wi-Fi fades (400 kbit/s, 30 % loss), at 23 s the phone is on LTE. One of four people over an SFU and one of two
 * in a mesh do so at the same time.
 */
const MOVERS = [1, 5];

export const wifiToLte = defineScenario({
  name: 'wifi-to-lte',
  description: 'Phones move from a fading Wi-Fi to LTE in the middle of a call, over an SFU and in a mesh.',
  durationS: 60,
  drainS: 20,
  population: {
    script: [1, 2, 3, 4, 5, 6].flatMap((user) => [
      {
        atS: user / 10,
        user,
        do: 'join' as const,
        channel: user <= 4 ? 1 : 2,
        network: MOVERS.includes(user) ? 'fading-wifi' : 'lte',
      },
      ...(MOVERS.includes(user) ? [{ atS: 23, user, do: 'change-network' as const, network: 'lte' }] : []),
    ]),
  },
  network: {
    profiles: {
      'fading-wifi': {
        rateKbps: 30_000,
        delayMs: 40,
        lossRate: 0.002,
        phases: [{ fromMs: 20_000, untilMs: 60_000, rateKbps: 400, lossRate: 0.3 }],
      },
    },
  },
  policy: { profile: 'calls' },
  media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
  expectations: {
    ...nothingBroken,
    recovery_ms: ['max<2000'],
    voice_gap_max_ms: ['value<500'],
    voice_dropout_rate: ['rate<0.005'],
    mos_worst_listener: ['value>4'],
  },
});
