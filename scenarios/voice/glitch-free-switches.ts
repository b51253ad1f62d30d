import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/**
 * B7, B10: layer switches that nobody hears. The downlink of person 1 is too narrow for three voices at their best in each second 20 s; nothing else is wrong. Each step makes the SFU
 * change the layers that person 1 gets, and the streams go on without a gap, a jump in sequence numbers or timestamps (oracle `layer-continuity`).
 */
export const glitchFreeSwitches = defineScenario({
  name: 'glitch-free-switches',
  description: 'A downlink that narrows and widens every 20 s: layers follow, and no switch is heard (B7, B10).',
  durationS: 125,
  drainS: 20,
  policy: { profile: 'always-sfu' },
  population: {
    script: [1, 2, 3, 4].map((user) => ({
      atS: user / 10,
      user,
      do: 'join',
      network: user === 1 ? 'breathing' : 'lte',
    })),
  },
  network: {
    profiles: {
      breathing: {
        delayMs: 35,
        rateKbps: 12_000,
        down: {
          delayMs: 35,
          rateKbps: 12_000,
          phases: [{ fromMs: 20_000, untilMs: 40_000, everyMs: 40_000, rateKbps: 230 }],
        },
      },
    },
  },
  media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
  expectations: {
    ...nothingBroken,
    layer_switches: ['count>=8'],
    voice_gaps: ['count==0'],
    concealed_rate: ['rate<0.002'],
    // a queue that is always full takes 300 ms more than the usual 160
    mouth_to_ear_ms: ['p(95)<400'],
    doubled_ms: ['value==0'],
  },
});
