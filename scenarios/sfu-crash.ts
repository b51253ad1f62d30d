import { defineScenario } from '../sim/scenario/index.js';
import { nothingBroken } from './service-levels.js';

/**
 * C8 and C3: one of three SFU nodes dies with its rooms, and is restarted two minutes later. Its rooms move to other nodes; tokens
 * name the right one; the old rooms do not stay behind.
 */
export const sfuCrash = defineScenario({
  name: 'sfu-crash',
  description: 'One of three SFU nodes dies; its rooms move to the others (C8, C3).',
  durationS: 300,
  drainS: 60,
  policy: { profile: 'channels' },
  population: {
    clients: 120,
    channels: 10,
    membersMin: 8,
    membersMax: 16,
    arrival: { kind: 'ramp', overS: 60 },
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
  hosts: { clockSkewMs: 100, clockDriftPpm: 20 },
  faults: [{ kind: 'sfu-crash', atS: 150, target: 'sfu-1', forS: 120 }],
  expectations: {
    ...nothingBroken,
    sfu_outage_ms: ['value<30000'],
    converged_after_ms: ['value<60000'],
  },
});
