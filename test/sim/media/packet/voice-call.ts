import type { RunResult } from '../../../../reports/result-schema.js';
import type { VoiceGap } from '../../../../sim/media/ears/index.js';
import { resolveScenario, type ScenarioInput } from '../../../../sim/scenario/index.js';
import { type SimulateOptions, simulate } from '../../../../sim/simulate.js';
import type { World } from '../../../../sim/world/world.js';

type Population = NonNullable<ScenarioInput['population']>;
type Step = NonNullable<Population['script']>[number];

/** A call in channel 1 with voice as packets. */
export interface VoiceCall {
  readonly people: number;
  readonly profile?: string;
  readonly seconds?: number;
  readonly sfuNodes?: number;
  /** Beside everybody's join. */
  readonly script?: readonly Step[];
  readonly network?: Omit<NonNullable<ScenarioInput['network']>, 'clientProfiles'>;
  readonly devices?: NonNullable<Population['devices']>;
  readonly faults?: NonNullable<ScenarioInput['faults']>;
  readonly media?: ScenarioInput['media'];
  readonly seed?: number;
  readonly collaborators?: SimulateOptions['collaborators'];
  readonly onWorld?: (world: World) => void;
}

export interface HeardCall {
  readonly result: RunResult;
  readonly world: World;
  readonly gaps: VoiceGap[];
  /** Kind and key of what was traced of media. */
  readonly trace: { readonly atS: number; readonly kind: string; readonly key: string | number }[];
  value(metric: string): number | null;
}

/** Runs a call. The people join 300 ms apart, from 1 s on. */
export async function voiceCall(call: VoiceCall): Promise<HeardCall> {
  const joins = Array.from(
    { length: call.people },
    (_, index): Step => ({ atS: 1 + index * 0.3, user: index + 1, do: 'join', channel: 1 }),
  );
  const scenario = resolveScenario({
    name: 'voice-call',
    durationS: call.seconds ?? 20,
    drainS: 5,
    policy: { profile: 'calls', retryMs: 1_000, retryMaxMs: 4_000 },
    topology: { backends: 2, sfuNodes: call.sfuNodes ?? 1, redis: { replicas: 0, sentinels: 0 } },
    network: { ...call.network, clientProfiles: { [call.profile ?? 'lte']: 1 } },
    population: {
      clients: Math.max(2, call.people),
      script: [...joins, ...(call.script ?? [])],
      devices: call.devices,
    },
    faults: [...(call.faults ?? [])],
    media: { fidelity: 'packet', ...call.media },
  });
  let world: World | null = null;
  const gaps: VoiceGap[] = [];
  const trace: HeardCall['trace'] = [];
  const result = await simulate(scenario, {
    seed: call.seed ?? 1,
    ...(call.collaborators ? { collaborators: call.collaborators } : {}),
    onWorld: (made) => {
      world = made;
      made.ears?.listen({ gap: (gap) => void gaps.push(gap) });
      call.onWorld?.(made);
    },
    traceSink: {
      write: ({ atUs, kind, key }) => {
        if (kind.startsWith('media.')) trace.push({ atS: atUs / 1e6, kind, key });
      },
    },
  });
  const value = (metric: string) => {
    const found = result.metrics[metric];
    if (found === undefined) throw new Error(`there is no metric ${metric}`);
    return found.kind === 'histogram' ? found.max : found.value;
  };
  return { result, world: world!, gaps, trace, value };
}
