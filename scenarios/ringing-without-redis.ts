import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

const without = (atS: number, forS: number, ...from: string[]) => ({
  kind: 'partition' as const,
  atS,
  forS,
  from,
  to: ['redis-*'],
});

/**
 * E5: Redis is gone for one backend, for two, and for all, for seconds and for a minute, while calls ring. What rings may be accepted by the backend that keeps the
 * call, once; the others wait; nobody is ever given a call that somebody else has.
 */
export const ringingWithoutRedis = defineScenario({
  name: 'ringing-without-redis',
  description: 'Redis is gone for some backends or for all while calls ring: reduced service, at most one answer (E5).',
  durationS: 420,
  drainS: 120,
  policy: { profile: 'calls' },
  topology: { backends: 3, sfuNodes: 2, redis: { replicas: 0, sentinels: 0 } },
  calls: {
    policy: { holdMs: 10_000 },
    organisations: [
      {
        copies: 6,
        staff: { count: 10, answerMinS: 1, answerMeanS: 4 },
        arrivals: [{ atS: 30, overS: 380, perHour: 500 }],
        talkMeanS: 30,
        patienceMeanS: 90,
      },
    ],
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  hosts: { clockSkewMs: 100, clockDriftPpm: 20 },
  faults: [
    without(60, 5, 'backend-1'),
    without(90, 5, 'backend-*'),
    without(120, 15, 'backend-2'),
    without(160, 15, 'backend-*'),
    without(200, 60, 'backend-1', 'backend-3'),
    without(300, 60, 'backend-*'),
  ],
  expectations: {
    ...nothingBroken,
    calls_offered: ['count>200'],
    calls_accepted_offline: ['count>0'],
    call_success_rate: ['rate>0.7'],
  },
});
