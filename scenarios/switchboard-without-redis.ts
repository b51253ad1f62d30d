import { defineScenario } from '../sim/scenario/index.js';
import { switchboard } from './switchboard.js';

const without = (atS: number, ...from: string[]) => ({
  kind: 'partition' as const,
  atS,
  forS: 5,
  from,
  to: ['redis-*'],
});

/**
 * Where races of calls that are accepted without Redis are hunted (E5): backends lose it at any moment, for longer than a call is held, and get it back at any
 * moment, while calls ring.
 */
export const switchboardWithoutRedis = defineScenario({
  ...switchboard,
  name: 'switchboard-without-redis',
  description: 'The switchboard, with backends that lose Redis while calls ring: for hunting races.',
  calls: {
    ...switchboard.calls,
    policy: { ...switchboard.calls?.policy, holdMs: 2_000, ringTimeoutMs: 6_000, waitTimeoutMs: 9_000 },
  },
  faults: [
    without(2, 'backend-1'),
    without(3, 'backend-2'),
    { kind: 'redis-pause', atS: 4, target: 'primary', forS: 3 },
  ],
});
