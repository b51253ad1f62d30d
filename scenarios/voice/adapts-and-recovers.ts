import type { LinkProfile } from '../../sim/net/index.js';
import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/** A good link that is bad from 25 to 45 s. */
const badFor20s = (bad: Partial<LinkProfile>): LinkProfile => ({
  rateKbps: 12_000,
  delayMs: 35,
  phases: [{ fromMs: 25_000, untilMs: 45_000, ...bad }],
});

/**
 * B10: adapts within 5 s, recovers within 2 s of the network. Each of three people has another trouble at the same time: too little capacity for what is
 * sent and received, loss, and delay; the fourth has none.
 */
export const adaptsAndRecovers = defineScenario({
  name: 'adapts-and-recovers',
  description:
    'Three links become worse in different ways and good again: adapted within 5 s, recovered within 2 s (B10).',
  durationS: 80,
  drainS: 20,
  policy: { profile: 'always-sfu' },
  population: {
    script: (['narrows', 'loses', 'slows', 'lte'] as const).map((network, index) => ({
      atS: 0.1 + index / 10,
      user: index + 1,
      do: 'join',
      network,
    })),
  },
  network: {
    profiles: {
      narrows: badFor20s({ rateKbps: 160 }),
      loses: badFor20s({ lossRate: 0.15 }),
      slows: badFor20s({ delayMs: 150 }),
    },
  },
  media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
  expectations: {
    ...nothingBroken,
    adaptation_ms: ['max<5000'],
    recovery_ms: ['max<2000'],
    // two layers up, 10 s each (B5), and the reports
    layer_recovery_ms: ['max<25000'],
    voice_dropout_rate: ['rate<0.01'],
    voice_gap_max_ms: ['value<500'],
  },
});
