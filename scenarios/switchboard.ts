import { defineScenario } from '../sim/scenario/index.js';
import { crossroads } from './crossroads.js';

/**
 * What `crossroads` is for voice, for calls: the world that races of ringing are hunted in. Small, with short time-outs; who calls, who answers
 * and what goes wrong is drawn anew for each seed of a hunt.
 */
export const switchboard = defineScenario({
  ...crossroads,
  name: 'switchboard',
  description:
    'A few callers, a few staff, two or three backends and every kind of trouble: for hunting races of calls.',
  policy: { ...crossroads.policy, tickMs: 500 },
  calls: {
    policy: {
      ringTimeoutMs: 2_500,
      waitTimeoutMs: 6_000,
      leaseMs: 7_000,
      busyGraceMs: 3_000,
      lookEveryMs: 5_000,
      keepMs: 20_000,
      claimMs: 1_500,
    },
    organisations: [
      {
        copies: 2,
        staff: { count: 2, atS: 0.1, overS: 0.2, answerMinS: 0.2, answerMeanS: 0.5 },
        arrivals: [{ atS: 1.5, overS: 4, count: 3 }],
        talkMeanS: 2,
      },
    ],
  },
});
