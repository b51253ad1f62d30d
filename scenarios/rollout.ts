import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * C5: all stages of the rollout on a compressed timetable, two minutes each instead of days. 150 calls of one who stays and two who come and go, so that each call moves
 * to the SFU and back every half minute. 0.1 % of 450 users are less than one: the salt is one with which that user is among those who stay. So alpha
 * stands on one call and five migrations, which would not tell 95 % from 60 %; beta and later stages on forty, which tell 98 % from 90 %. A real rollout has the
 * numbers of `defaultRolloutPlan`.
 */
export const rollout = defineScenario({
  name: 'rollout',
  description: 'The hybrid service is given to 0.1, 5, 10, 25, 50 and 100 % of the users, stage by stage (C5).',
  durationS: 1200,
  policy: { profile: 'calls' },
  population: {
    clients: 450,
    channels: 150,
    membersMin: 3,
    membersMax: 3,
    arrival: { kind: 'ramp', overS: 30 },
    guests: { perChannel: 2, atS: 35, overS: 20, stayS: 15, awayS: 15, visits: 1000 },
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  rollout: {
    salt: 'hybrid-voice-37',
    startS: 60,
    stages: [
      { name: 'alpha', share: 0.001, minS: 120, minMigrations: 5, successAbove: 0.95 },
      { name: 'beta', share: 0.05, minS: 120, minMigrations: 40, successAbove: 0.98 },
      { name: '10 %', share: 0.1, minS: 120, minMigrations: 40, successAbove: 0.98 },
      { name: '25 %', share: 0.25, minS: 120, minMigrations: 40, successAbove: 0.98 },
      { name: '50 %', share: 0.5, minS: 120, minMigrations: 40, successAbove: 0.98 },
      { name: '100 %', share: 1, minS: 120, minMigrations: 40, successAbove: 0.98 },
    ],
  },
  expectations: {
    ...nothingBroken,
    error_rate: ['rate<0.01'],
    dropout_rate: ['rate<0.005'],
    rollout_complete: ['value==1'],
    rollout_rollbacks: ['count==0'],
    migration_success_rate: ['rate>0.98'],
  },
});
