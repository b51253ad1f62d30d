import { defineScenario } from '../../sim/scenario/index.js';
import { healthyService, nothingBroken } from '../service-levels.js';

/**
 * B10: 24 hours in which people come and go all the time, with second tabs, closed tabs and moves between mesh and SFU, leave nothing behind. What is
 * compared, at equal load, early and late in the day: keys and entries in Redis, rooms, timers, and all objects that can be reached from
 * the world, which is the heap of every process in it.
 */
export const dayWithoutGrowth = defineScenario({
  name: 'day-without-growth',
  description:
    '24 hours of coming and going: no key, room, timer or object more in the evening than in the morning (B10).',
  durationS: 86_400,
  drainS: 300,
  policy: { profile: 'channels', enableThreshold: 5, disableThreshold: 3, tickMs: 2_000, sfuCheckEveryMs: 2_000 },
  topology: { backends: 2, sfuNodes: 2, sfuNode: {}, redis: { replicas: 0, sentinels: 0 } },
  population: {
    clients: 24,
    channels: 4,
    membersMin: 4,
    membersMax: 9,
    arrival: { kind: 'poisson', overS: 600 },
    session: { meanS: 600 },
    pauseS: 300,
    closeTabShare: 0.2,
    secondTabShare: 0.05,
  },
  network: { clientProfiles: { lte: 1 } },
  expectations: {
    ...nothingBroken,
    ...healthyService,
    state_growth: ['value<0.05'],
    uptime: ['rate>0.999'],
    migrations_completed: ['count>200'],
    sfu_connection_s: ['count>500'],
  },
});
