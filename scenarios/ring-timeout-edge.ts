import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * E2: a call rings for 45 s. Staff take 44.5 s and a little more to answer, so that half of the answers come when the time is over: each call
 * is accepted or missed, never both, and whoever comes too late is told.
 */
export const ringTimeoutEdge = defineScenario({
  name: 'ring-timeout-edge',
  description: 'Staff answer just when a call has rung for 45 s: accepted or missed, never both (E2).',
  durationS: 600,
  drainS: 60,
  policy: { profile: 'calls' },
  calls: {
    policy: { ringWidth: 1 },
    organisations: [
      {
        copies: 5,
        staff: { count: 40, answerMinS: 44.5, answerMeanS: 1 },
        arrivals: [{ atS: 30, overS: 480, count: 80 }],
        talkMeanS: 10,
      },
    ],
  },
  expectations: {
    ...nothingBroken,
    calls_offered: ['count==400'],
    calls_accepted: ['count>40'],
    calls_missed: ['count>40'],
    calls_failed: ['count==0'],
    call_answer_ms: ['min>44000', 'max<47000'],
  },
});
