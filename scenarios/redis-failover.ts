import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * C8 and A12: the Redis primary is killed under load and comes back a minute later. The sentinels promote a replica; replication is
 * asynchronous, so the last writes may be gone and must be repaired. No data lost, less than 30 s down.
 */
export const redisFailover = defineScenario({
  name: 'redis-failover',
  description: 'The Redis primary is killed under load; the sentinels promote a replica (C8, A12).',
  durationS: 300,
  drainS: 90,
  policy: { profile: 'channels' },
  population: {
    clients: 100,
    channels: 10,
    membersMin: 2,
    membersMax: 16,
    arrival: { kind: 'ramp', overS: 60 },
    session: { meanS: 120 },
    pauseS: 10,
    closeTabShare: 0.2,
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  hosts: { clockSkewMs: 100, clockDriftPpm: 20 },
  faults: [{ kind: 'redis-crash', atS: 120, target: 'primary', forS: 60 }],
  expectations: {
    ...nothingBroken,
    redis_outage_ms: ['value<30000'],
    dropout_rate: ['rate<0.005'],
    converged_after_ms: ['value<90000'],
  },
});
