import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/** E1: every call rings at ten at once, and all of them accept in the same instant, over three backends. One wins, the others are told. */
export const acceptRace = defineScenario({
  name: 'accept-race',
  description: '400 calls, each rings at ten staff who all accept at once: exactly one gets it (E1).',
  durationS: 300,
  drainS: 60,
  policy: { profile: 'calls' },
  calls: {
    policy: { ringWidth: 10 },
    organisations: [
      {
        copies: 4,
        staff: { count: 10, answerMinS: 1, answerMeanS: 0 },
        arrivals: [{ atS: 30, overS: 260, count: 100 }],
        talkMeanS: 10,
      },
    ],
  },
  expectations: {
    ...nothingBroken,
    calls_offered: ['count==400'],
    call_success_rate: ['rate>0.97'],
    call_connection_rate: ['rate>0.99'],
    calls_missed: ['count==0'],
  },
});
