import { Choices } from '../../sim/kernel/index.js';
import type { ScenarioInput } from '../../sim/scenario/index.js';

type Faults = NonNullable<ScenarioInput['faults']>;

/** 4 to 6 people in one channel, coming and going for a minute. */
export function visits(conditions: string, seed: number): ScenarioInput {
  const stream = new Choices(seed).stream('zoo');
  const pick = <T>(...options: readonly T[]): T => options[stream.choose(options.length)]!;
  /** Half of them while people arrive. */
  const at = () => (stream.chance(0.5) ? 1 + stream.choose(4_000) / 1_000 : 5 + stream.choose(50_000) / 1_000);
  const faults: Faults = [];
  const several = (kind: string, make: () => Faults[number]) => {
    if (conditions === kind || conditions === 'all') for (let n = 1 + stream.choose(3); n > 0; n--) faults.push(make());
  };
  const backend = () => pick('backend-1', 'backend-2');
  several('pause', () => ({ kind: 'backend-pause', atS: at(), target: backend(), forS: pick(0.5, 2, 5.2, 6, 8) }));
  several('crash', () => ({ kind: 'backend-crash', atS: at(), target: backend(), forS: pick(0.5, 2, 8) }));
  several('redis', () =>
    pick<Faults[number]>(
      { kind: 'redis-restart', atS: at(), target: 'primary', keepData: true },
      { kind: 'redis-crash', atS: at(), target: 'primary', forS: pick(2, 10, 20) },
    ),
  );
  several('sfu', () =>
    pick<Faults[number]>(
      { kind: 'sfu-crash', atS: at(), target: pick('sfu-1', 'sfu-*'), forS: pick(1, 4, 10) },
      { kind: 'sfu-pause', atS: at(), target: pick('sfu-1', 'sfu-*'), forS: pick(1, 4, 6.5) },
    ),
  );
  several('net', () => ({
    kind: 'partition',
    atS: at(),
    from: [backend()],
    to: ['redis-*'],
    forS: pick(0.5, 1, 4, 25),
  }));
  const clients = 4 + stream.choose(3);
  return {
    name: 'visits',
    durationS: 60,
    drainS: 60,
    policy: {
      profile: 'calls',
      meshLimit: 4,
      estimatedWaitMs: 500,
      disableHoldMs: 1_000,
      retryMs: 1_000,
      reconcileEveryMs: 2_000,
    },
    topology: { backends: 2, sfuNodes: 2, redis: { replicas: 1, sentinels: 3 } },
    population: {
      clients,
      channels: 1,
      membersMin: clients,
      membersMax: clients,
      arrival: { kind: 'storm', atS: 1, overS: pick(0.05, 0.5, 3, 20) },
      session: { meanS: pick(6, 15, null, null) },
      pauseS: 3,
      closeTabShare: 0.4,
      secondTabShare: 0.4,
    },
    network: {
      ...pick({}, { profileByKind: { redis: 'wifi' } }),
      clientProfiles: pick<Record<string, number>>({ wifi: 1 }, { wifi: 1, '3g': 1 }),
    },
    faults,
  };
}
