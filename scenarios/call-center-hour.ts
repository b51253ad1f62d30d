import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/** Quiet in the morning, a peak of twice the mean, quiet again: about 1 000 calls an hour for each of 20 organisations. */
const day = [
  { atS: 60, overS: 840, perHour: 700 },
  { atS: 900, overS: 900, perHour: 1_100 },
  { atS: 1_800, overS: 600, perHour: 1_800 },
  { atS: 2_400, overS: 1_200, perHour: 850 },
];

/**
 * E1 to E6: an hour of a switchboard. 20 organisations of 100 staff who come and go, about 20 000 calls, callers who give up after two minutes on
 * average, staff who do not always answer. At the peak an organisation carries about 90 of its 100 lines' worth.
 */
export const callCenterHour = defineScenario({
  name: 'call-center-hour',
  description: '2 000 staff of 20 organisations take about 20 000 calls in an hour (E1-E6).',
  durationS: 3_600,
  drainS: 60,
  // whoever sits at a switchboard all day needs no heartbeat every 15 s; what waits for two of them waits longer
  policy: { profile: 'calls', pingEveryMs: 30_000, sessionGraceMs: 57_000, migrationTimeoutMs: 60_000 },
  topology: { redis: { replicas: 0, sentinels: 0 } },
  calls: {
    policy: { leaseMs: 70_000 },
    organisations: [
      {
        copies: 20,
        staff: {
          count: 100,
          overS: 50,
          shiftMeanS: 3_600,
          breakMeanS: 300,
          answerMinS: 1,
          answerMeanS: 4,
          ignoreShare: 0.05,
          declineShare: 0.03,
        },
        arrivals: day,
        talkMeanS: 180,
        patienceMeanS: 120,
      },
    ],
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  expectations: {
    ...nothingBroken,
    call_success_rate: ['rate>0.9'],
    call_connection_rate: ['rate>0.99'],
    call_answer_ms: ['p(95)<30000'],
    calls_failed: ['count==0'],
  },
});
