import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * Where everything meets: the world that races are hunted in. Small, with short time-outs, so that thousands of schedules fit into a
 * minute; who comes and what goes wrong is drawn anew for each seed of a hunt.
 */
export const crossroads = defineScenario({
  name: 'crossroads',
  description: 'A few people, two or three backends and every kind of trouble: for hunting races.',
  durationS: 8,
  drainS: 60,
  policy: {
    profile: 'calls',
    disableHoldMs: 1_500,
    meshLimit: 4,
    migrationTimeoutMs: 4_000,
    settleTimeoutMs: 4_000,
    rollbackTimeoutMs: 2_000,
    retryMs: 1_000,
    retryMaxMs: 4_000,
    lockTtlMs: 1_000,
    lockRetryMs: 50,
    lockWaitMs: 2_000,
    estimatedWaitMs: 1_000,
    sessionGraceMs: 5_000,
    pingEveryMs: 2_500,
    backendTimeoutMs: 2_500,
    reconcileEveryMs: 5_000,
    roomRetireMs: 3_500,
    workLeaseMs: 2_000,
    verifyEveryMs: 200,
  },
  topology: { backends: 2, sfuNodes: 2, redis: { replicas: 0, sentinels: 0 } },
  population: { clients: 4, channels: 1, membersMin: 4, membersMax: 4, arrival: { kind: 'storm', atS: 0.5, overS: 1 } },
  expectations: nothingBroken,
});
