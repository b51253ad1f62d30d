import type { RunResult } from '../reports/result-schema.js';
import type { BackendClasses } from './backends/backend-process.js';
import { type Detail, measuresDear } from './detail.js';
import type { ChoiceSource, RunProgress, TraceSink } from './kernel/index.js';
import { realWorld } from './kernel/real-world.js';
import { Judge, type Oracle, oracles } from './oracles/index.js';
import type { Marks } from './oracles/marks/index.js';
import type { Scenario } from './scenario/index.js';
import { watchMarks } from './world/marks/watch-marks.js';
import { Measurements } from './world/measurements.js';
import { loadMedia } from './world/media-planes.js';
import { type Quiet, watchForQuiet } from './world/quiet.js';
import { recentEvents } from './world/recent-events.js';
import { buildResult } from './world/result.js';
import { type Replacements, World } from './world/world.js';
import { WorldEvidence } from './world/world-evidence.js';

export interface SimulateOptions {
  /** Any safe integer. Same program, scenario and seed: same trace hash. */
  readonly seed: number;
  readonly traceSink?: TraceSink;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Decides instead of the seed. */
  readonly choices?: ChoiceSource;
  /** Oracles to judge by; default all. */
  readonly oracles?: readonly Oracle[];
  /** Classes of the core to use instead of its own. */
  readonly collaborators?: Replacements;
  /** Classes of backends from their second start on: a new version, in a rolling deploy. */
  readonly upgraded?: BackendClasses;
  /** Where to note which situations worth reaching the run has reached. */
  readonly marks?: Marks;
  /** Ends the run early: what is there by then becomes the result, marked as interrupted. */
  readonly signal?: AbortSignal;
  /** How much is measured; default all. The trace is the same. */
  readonly detail?: Detail;
  /** Metrics to be measured though no level asks for them and `detail` would leave them out. */
  readonly metrics?: readonly string[];
  /** Looks at the world before it runs. */
  readonly onWorld?: (world: World) => void;
}

/**
 * Runs a scenario once: builds the world, lets load and faults happen, waits for order, judges.
 * @throws DeadairError for what the scenario asks of the world and the world does not have
 */
export async function simulate(scenario: Scenario, options: SimulateOptions): Promise<RunResult> {
  const startedMs = realWorld.nowMs();
  const { detail = 'all' } = options;
  const pictures = detail === 'all';
  const world = new World(scenario, { ...options, pictures, ...(await loadMedia(scenario)) });
  options.onWorld?.(world);
  const judge = new Judge(new WorldEvidence(world), options.oracles ?? oracles, (subjects) =>
    recentEvents(world.sim.trace, subjects),
  );
  const totalUs = Math.round((scenario.durationS + scenario.drainS) * 1e6);
  const measurements = new Measurements(world, Math.max(1e6, Math.round(totalUs / 400)), {
    pictures,
    stateGrowth: measuresDear('state_growth', detail, scenario, options.metrics),
  });
  const watch = options.marks ? watchMarks(world, options.marks) : null;
  const quiet: Quiet = watchForQuiet(world, judge);
  const interrupted = await run(world, totalUs, options);
  world.finish();
  if (!interrupted) judge.conclude();
  watch?.conclude();
  return buildResult({
    world,
    judge,
    measurements,
    detail,
    quietAfterUs: interrupted ? null : quiet.afterUs(),
    seed: options.seed,
    wallSeconds: (realWorld.nowMs() - startedMs) / 1e3,
    interruptedOfS: interrupted ? totalUs / 1e6 : null,
  });
}

/** Runs to the end, or until the signal. Returns whether it was the signal. */
async function run(world: World, untilUs: number, { signal, onProgress }: SimulateOptions): Promise<boolean> {
  const { sim } = world;
  const stop = () => sim.stop('interrupted');
  const running = sim.run({ untilUs, ...(onProgress ? { onProgress } : {}) });
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return (await running).endedBy === 'stop' && signal?.aborted === true;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
