import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * C8: all backends are restarted, one after the other, under load. What comes back may be another version of the core (`upgraded` of the library's
 * `simulate`): for two minutes old and new share one Redis.
 */
export const rollingDeploy = defineScenario({
  name: 'rolling-deploy',
  description: 'The backends are restarted one after the other under load, as for a new version.',
  durationS: 240,
  drainS: 60,
  policy: { profile: 'calls' },
  topology: { backends: 3, sfuNodes: 2, redis: { replicas: 0, sentinels: 0 } },
  population: {
    clients: 40,
    channels: 10,
    membersMin: 2,
    membersMax: 8,
    arrival: { kind: 'ramp', overS: 30 },
    session: { meanS: 60 },
    pauseS: 10,
    closeTabShare: 0.2,
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  faults: [60, 120, 180].map((atS, index) => ({
    kind: 'backend-crash' as const,
    atS,
    target: `backend-${index + 1}`,
    forS: 4,
  })),
  expectations: nothingBroken,
});
