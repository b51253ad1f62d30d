import type { LinkProfile } from '../../sim/net/index.js';
import { defineScenario } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/** A good link that is bad for 20 s. */
const badFor20s = (fromS: number, bad: Partial<LinkProfile>): LinkProfile => ({
  rateKbps: 12_000,
  delayMs: 35,
  phases: [{ fromMs: fromS * 1_000, untilMs: (fromS + 20) * 1_000, ...bad }],
});

/**
 * B10: adapts within 5 s, recovers within 2 s of the network. Three of four people have trouble one after the other, each for 20 s: too little capacity for what
 * they send and receive, loss, delay.
 */
export const adaptsAndRecovers = defineScenario({
  name: 'adapts-and-recovers',
  description: 'Links become narrow, lossy, slow, and good again: adapted within 5 s, recovered within 2 s (B10).',
  durationS: 160,
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
      narrows: badFor20s(20, { rateKbps: 160 }),
      loses: badFor20s(70, { lossRate: 0.15 }),
      slows: badFor20s(120, { delayMs: 150 }),
    },
  },
  media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
  expectations: {
    ...nothingBroken,
    adaptation_ms: ['max<5000'],
    recovery_ms: ['max<2000'],
    // two layers up, 10 s each (B5), and what an upgrade that fails costs; twice that where the second one fails just before the link is good again
    layer_recovery_ms: [{ expect: 'max<30000', over: 'median' }, 'max<40000'],
    voice_dropout_rate: ['rate<0.01'],
    voice_gap_max_ms: ['value<1000'],
  },
});
