import type { Case } from '../../sim/explore/index.js';
import { resolveScenario, type ScenarioInput } from '../../sim/scenario/index.js';

const small: Partial<ScenarioInput> = {
  drainS: 30,
  topology: { backends: 2, sfuNodes: 1, redis: { replicas: 0, sentinels: 0 } },
};

const join = (user: number, atS: number) => ({ atS, user, do: 'join' as const });

/** Three people join one channel at nearly the same time over two backends: the lock, the join, the count. */
export const threeJoins: Case = {
  seed: 1,
  windowMs: 5,
  scenario: resolveScenario({
    ...small,
    name: 'three-joins',
    durationS: 0.6,
    policy: { profile: 'channels' },
    population: { script: [join(1, 0.1), join(2, 0.101), join(3, 0.102)] },
  }),
};

/** Four people, the third of whom takes the call from the mesh to the SFU. */
export const oneMigration: Case = {
  seed: 1,
  windowMs: 5,
  scenario: resolveScenario({
    ...small,
    name: 'one-migration',
    durationS: 1.5,
    policy: { profile: 'calls' },
    population: { script: [join(1, 0.1), join(2, 0.101), join(3, 0.3), join(4, 0.301)] },
  }),
};
