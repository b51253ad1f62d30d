import { resolveScenario, type ScenarioInput } from '../../../sim/scenario/index.js';
import { simulate } from '../../../sim/simulate.js';

type Script = NonNullable<NonNullable<ScenarioInput['population']>['script']>;
export type Faults = Readonly<NonNullable<ScenarioInput['faults']>>;

const joins = (...atS: readonly number[]): Script =>
  atS.map((at, index) => ({ atS: at, user: index + 1, do: 'join' as const, channel: 1 }));

/** A call of those who join at these times. */
export const call = (atS: readonly number[], faults: Faults = [], sfuNodes = 1) =>
  resolveScenario({
    name: 'call',
    durationS: 60,
    drainS: 30,
    policy: { profile: 'calls', retryMs: 1_000, retryMaxMs: 4_000 },
    topology: { backends: 2, sfuNodes, redis: { replicas: 0, sentinels: 0 } },
    population: { clients: Math.max(2, atS.length), script: joins(...atS) },
    faults: [...faults],
  });

/** Runs a world, and notes what of the trace a test asks for: time in s, host, first argument. */
export async function traced(scenario: ReturnType<typeof call>, ...kinds: readonly string[]) {
  const seen: { kind: string; atS: number; host: string; about: unknown }[] = [];
  const result = await simulate(scenario, {
    seed: 1,
    traceSink: {
      write: ({ atUs, host, kind, key }) => {
        if (kinds.includes(kind)) seen.push({ kind, atS: atUs / 1e6, host, about: key });
      },
    },
  });
  const of = (kind: string) => seen.filter((each) => each.kind === kind);
  return { of, violations: result.violations.map(({ oracle, message }) => `${oracle}: ${message}`), result };
}
