import type { ScenarioInput } from '../../../sim/scenario/index.js';
import { resolveScenario, type Scenario } from '../../../sim/scenario/index.js';

/** Six calls that go to the SFU and back, about sixteen migrations in a tenth of a second of processor time. */
const switchingCalls: ScenarioInput = {
  name: 'switching-calls',
  durationS: 60,
  drainS: 20,
  policy: { profile: 'calls' },
  topology: { backends: 2, sfuNodes: 2, redis: { replicas: 0, sentinels: 0 } },
  population: {
    clients: 18,
    channels: 6,
    membersMin: 3,
    membersMax: 3,
    arrival: { kind: 'ramp', overS: 5 },
    guests: { perChannel: 1, atS: 15, overS: 10, stayS: 10, visits: 2, awayS: 8 },
  },
  network: { clientProfiles: { wifi: 6, lte: 3, 'dsl-good': 1 } },
};

/** @param slowerMs how much later SFU nodes carry out and answer what backends ask of them */
export function callsThatSwitch(slowerMs = 0): Scenario {
  const faults: ScenarioInput['faults'] =
    slowerMs === 0 ? [] : [{ kind: 'sfu-slow', atS: 0, target: 'sfu-*', forS: 60, delayMs: slowerMs }];
  return resolveScenario({ ...switchingCalls, faults });
}
