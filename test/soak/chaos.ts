import { Choices } from '../../sim/kernel/index.js';
import type { Fault, ScenarioInput } from '../../sim/scenario/index.js';

/** A scenario that nobody would think of: size, policy, clocks, networks and faults drawn from a seed. All faults end, then there is time. */
export function chaosScenario(seed: number): ScenarioInput {
  const stream = new Choices(seed).stream('chaos');
  const pick = <T>(...options: readonly T[]): T => options[stream.choose(options.length)]!;
  const whole = (from: number, to: number) => from + stream.choose(to - from + 1);
  const channels = whole(1, 6);
  const membersMin = whole(2, 6);
  const membersMax = membersMin + whole(0, 12);
  const durationS = 200;
  const faults = Array.from({ length: whole(1, 6) }, (): Partial<Fault> & Record<string, unknown> => {
    const atS = whole(5, 150);
    const forS = pick(0.5, 1, 2.5, 4, 6, 11, 20, 40);
    const backend = pick('any', 'backend-1', 'backend-2');
    switch (whole(0, 12)) {
      case 0:
        return { kind: 'redis-crash', atS, target: pick('primary', 'replica'), forS };
      case 1:
        return { kind: 'redis-restart', atS, target: 'primary', keepData: stream.chance(0.5) };
      case 2:
        return { kind: 'redis-pause', atS, target: pick('primary', 'replica'), forS };
      case 3:
        return { kind: 'sentinel-crash', atS, target: 'any', forS };
      case 4:
        return { kind: 'backend-crash', atS, target: backend, forS };
      case 5:
        return { kind: 'backend-pause', atS, target: backend, forS };
      case 6:
        return { kind: 'backend-cut-off', atS, target: backend, forS };
      case 7:
        return { kind: 'sfu-crash', atS, target: pick('any', 'sfu-*', 'sfu-1'), forS };
      case 8:
        return { kind: 'sfu-pause', atS, target: 'any', forS };
      case 9:
        return { kind: 'sfu-cut-off', atS, target: 'any', forS };
      case 10:
        return {
          kind: 'partition',
          atS,
          from: [backend === 'any' ? 'backend-1' : backend],
          to: [pick('primary', 'sfu-*', 'redis-*')],
          forS,
          way: pick('both', 'a-to-b'),
        };
      case 11:
        return {
          kind: 'partition',
          atS,
          from: ['client-1', 'client-2'],
          to: [pick('backend-*', 'sfu-*', 'client-3')],
          forS,
          way: pick('both', 'a-to-b'),
        };
      default:
        return {
          kind: 'partition',
          atS,
          from: ['redis-1'],
          to: ['redis-*', 'sentinel-*'].slice(0, 1 + stream.choose(2)),
          forS,
          way: pick('both', 'a-to-b'),
        };
    }
  });
  return {
    name: `chaos-${seed}`,
    durationS,
    drainS: 150,
    policy: { profile: pick('channels', 'channels', 'calls', 'always-sfu') },
    topology: { backends: 2 + stream.choose(2), sfuNodes: 1 + stream.choose(3) },
    population: {
      clients: channels * whole(membersMin, membersMax),
      channels,
      membersMin,
      membersMax,
      arrival: { kind: pick('ramp', 'storm', 'poisson'), atS: 1, overS: whole(1, 60) },
      session: { meanS: pick(null, 40, 120) },
      pauseS: pick(2, 20),
      closeTabShare: pick(0, 0.5),
      secondTabShare: pick(0, 0.3),
    },
    network: { clientProfiles: pick({ wifi: 1 }, { lte: 1, '3g': 1 }, { wifi: 1, international: 1, 'very-bad': 1 }) },
    hosts: { clockSkewMs: pick(0, 500, 600_000), clockDriftPpm: pick(0, 200) },
    faults: faults as NonNullable<ScenarioInput['faults']>,
  };
}
