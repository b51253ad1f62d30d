import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

const without = (atS: number, forS: number, ...from: string[]) => ({
  kind: 'partition' as const,
  atS,
  forS,
  from,
  to: ['redis-*'],
});

/**
 * A13: Redis is gone for one backend and not for the others, for a second and for ten minutes; for two of three; for all; and comes back each time, while
 * people come and go. Two truths never meet unnoticed: whoever is out of the calls is told, and when Redis is back there is one truth again.
 */
export const redisGoneAndBack = defineScenario({
  name: 'redis-gone-and-back',
  description: 'Redis is gone for some backends or for all, for a second and for ten minutes, and comes back (A13).',
  durationS: 1_000,
  drainS: 120,
  policy: { profile: 'calls', storePatienceMs: 10_000 },
  topology: { backends: 3, sfuNodes: 2, redis: { replicas: 0, sentinels: 0 } },
  population: {
    clients: 40,
    channels: 10,
    membersMin: 2,
    membersMax: 8,
    arrival: { kind: 'ramp', overS: 20 },
    session: { meanS: 60 },
    pauseS: 10,
    closeTabShare: 0.2,
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  hosts: { clockSkewMs: 100, clockDriftPpm: 20 },
  faults: [
    without(40, 1, 'backend-1'),
    without(60, 1, 'backend-*'),
    without(90, 600, 'backend-2'),
    without(200, 1, 'backend-1'),
    without(750, 60, 'backend-1', 'backend-3'),
    without(850, 60, 'backend-*'),
  ],
  expectations: nothingBroken,
});
