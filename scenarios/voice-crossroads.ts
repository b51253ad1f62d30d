import { defineScenario } from '../sim/scenario/index.js';
import { crossroads } from './crossroads.js';
import { nothingBroken } from './service-levels.js';

const join = (user: number, atS: number, network: string) => ({ atS, user, do: 'join' as const, network });

/**
 * The crossroads with voice: the world that mistakes in media are hunted in. Six people on six kinds of networks, good, lossy, narrow, slow and
 * jittery, talk for 50 s over an SFU; one of them leaves and comes back.
 */
export const voiceCrossroads = defineScenario({
  name: 'voice-crossroads',
  description: 'Six people on six kinds of networks talk over an SFU: for hunting mistakes in media.',
  durationS: 50,
  drainS: 60,
  policy: {
    ...crossroads.policy,
    profile: 'calls',
    // what a round trip of 0.4 s with 10 % of loss needs to get anything done
    pingEveryMs: 5_000,
    sessionGraceMs: 15_000,
    migrationTimeoutMs: 20_000,
    settleTimeoutMs: 20_000,
    rollbackTimeoutMs: 15_000,
  },
  topology: crossroads.topology,
  population: {
    script: [
      join(1, 0.5, 'lte'),
      join(2, 0.6, 'wifi'),
      join(3, 0.8, 'limit-256'),
      join(4, 1, 'train'),
      join(5, 1.2, '2g'),
      join(6, 3, 'variable-delay'),
      { atS: 15, user: 2, do: 'leave' },
      join(2, 18, 'wifi'),
    ],
  },
  network: { profiles: { train: { rateKbps: 2_000, delayMs: 60, jitterMs: 20, lossRate: 0.08 } } },
  media: { fidelity: 'packet', talk: { model: 'everyone' }, estimator: 'loss-rule' },
  expectations: nothingBroken,
});
