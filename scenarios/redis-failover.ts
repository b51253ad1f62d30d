import { defineScenario } from '../sim/scenario/index.js';
import { chaosLoad } from './chaos-load.js';
import { nothingBroken } from './service-levels.js';

/**
 * C8 and A12: the Redis primary is killed under load and comes back a minute later. The sentinels promote a replica; replication is
 * asynchronous, so the last writes may be gone and must be repaired. No data lost, less than 30 s down.
 */
export const redisFailover = defineScenario({
  name: 'redis-failover',
  description: 'The Redis primary is killed under load; the sentinels promote a replica (C8, A12).',
  ...chaosLoad,
  drainS: 90,
  faults: [{ kind: 'redis-crash', atS: 120, target: 'primary', forS: 60 }],
  expectations: {
    ...nothingBroken,
    redis_outage_ms: ['value<30000'],
    dropout_rate: ['rate<0.005'],
    converged_after_ms: ['value<90000'],
  },
});
