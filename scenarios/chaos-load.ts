import type { ScenarioInput } from '../sim/scenario/index.js';

/** What goes on while a server fails: a hundred people on good networks come and go in ten channels; no two clocks agree. */
export const chaosLoad = {
  durationS: 300,
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
} satisfies Partial<ScenarioInput>;
