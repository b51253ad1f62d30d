import type { ScenarioInput } from '../../sim/scenario/index.js';

/** Calls for a rollout: in each of them one stays and two come and go, so that it migrates again and again. */
export function rolloutCalls(
  channels: number,
  { stayS, awayS }: { readonly stayS: number; readonly awayS: number },
): Pick<ScenarioInput, 'policy' | 'population'> {
  return {
    policy: { profile: 'calls' },
    population: {
      clients: 3 * channels,
      channels,
      membersMin: 3,
      membersMax: 3,
      arrival: { kind: 'ramp', overS: 5 },
      guests: { perChannel: 2, atS: 6, overS: 10, stayS, awayS, visits: 1_000 },
    },
  };
}

/** SFU nodes at which a share of rooms cannot be started, or whose connections drop. */
export function flakyNodes(
  atS: number,
  forS: number,
  sizes: { readonly startFailShare?: number; readonly dropsPerHour?: number },
): NonNullable<ScenarioInput['faults']> {
  return [{ kind: 'sfu-flaky', atS, target: 'sfu-*', forS, ...sizes }];
}
