import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * C5: all stages of the rollout on a compressed timetable, minutes instead of days. 80 calls of one who stays and two who come and go, so that a call moves
 * to the SFU and back again and again. 0.1 % of 240 users are less than one: the salt is one with which somebody has the flag in alpha, and is among those who stay.
 * So alpha stands on one call and five migrations, which do not tell 95 % from 60 %; later stages on thirty, of which none may fail to be above 98 %. A real rollout
 * has the numbers of `defaultRolloutPlan`.
 */
export const rollout = defineScenario({
  name: 'rollout',
  description: 'The hybrid service is given to 0.1, 5, 10, 25, 50 and 100 % of the users, stage by stage (C5).',
  durationS: 780,
  policy: { profile: 'calls' },
  population: {
    clients: 240,
    channels: 80,
    membersMin: 3,
    membersMax: 3,
    arrival: { kind: 'ramp', overS: 30 },
    guests: { perChannel: 2, atS: 35, overS: 20, stayS: 15, awayS: 12, visits: 1000 },
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  alerts: { rules: 'builtin' },
  rollout: {
    salt: 'hybrid-voice-131',
    startS: 60,
    stages: [
      { name: 'alpha', share: 0.001, minS: 60, minMigrations: 5, successAbove: 0.95 },
      { name: 'beta', share: 0.05, minS: 60, minMigrations: 30, successAbove: 0.98 },
      { name: '10 %', share: 0.1, minS: 60, minMigrations: 30, successAbove: 0.98 },
      { name: '25 %', share: 0.25, minS: 60, minMigrations: 30, successAbove: 0.98 },
      { name: '50 %', share: 0.5, minS: 60, minMigrations: 30, successAbove: 0.98 },
      { name: '100 %', share: 1, minS: 60, minMigrations: 30, successAbove: 0.98 },
    ],
  },
  expectations: {
    ...nothingBroken,
    error_rate: ['rate<0.01'],
    dropout_rate: ['rate<0.005'],
    alerts_fired: ['count==0'],
    rollout_complete: ['value==1'],
    rollout_rollbacks: ['count==0'],
    migration_success_rate: ['rate>0.98'],
  },
});
