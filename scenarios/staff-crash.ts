import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * E4: browsers of staff crash in the middle of a call, a backend dies with its timers, and another is cut off for a minute. Nobody stays busy for ever: leases run
 * out, calls end or ring elsewhere, staff that comes back takes calls again.
 */
export const staffCrash = defineScenario({
  name: 'staff-crash',
  description: 'Staff crash in the middle of calls, and a backend with them: leases free everybody (E4).',
  durationS: 900,
  drainS: 120,
  policy: { profile: 'calls' },
  calls: {
    organisations: [
      {
        copies: 4,
        staff: { count: 25, answerMeanS: 3, crashShare: 0.05 },
        arrivals: [{ atS: 30, overS: 780, perHour: 500 }],
        talkMeanS: 60,
        patienceMeanS: 90,
      },
    ],
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  hosts: { clockSkewMs: 100, clockDriftPpm: 20 },
  faults: [
    { kind: 'backend-crash', atS: 300, target: 'backend-1', forS: 60 },
    { kind: 'backend-cut-off', atS: 500, target: 'backend-2', forS: 60 },
  ],
  expectations: {
    ...nothingBroken,
    calls_offered: ['count>350'],
    calls_dropped: ['count>5'],
    call_success_rate: ['rate>0.85'],
    call_connection_rate: ['rate>0.95'],
  },
});
