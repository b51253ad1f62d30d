import type { Arbitrary } from 'fast-check';
import { renderTimeline } from '../../reports/counterexample/index.js';
import { crossroads } from '../../scenarios/crossroads.js';
import {
  CUSTOM,
  hunt as explore,
  type HuntResult,
  localise,
  minimise,
  type Repro,
  reproOf,
  type Workload,
} from '../explore/index.js';
import { tellStory } from '../explore/story.js';
import type { Oracle } from '../oracles/index.js';
import { resolveScenario, type Scenario, type ScenarioInput } from '../scenario/index.js';
import type { Replacements } from '../world/world.js';

/** What to hunt, and in which core. */
export interface LibraryHuntOptions {
  /** Default: `crossroads`, the world made for hunting. */
  readonly scenario?: ScenarioInput | Scenario;
  /** Classes of the core to use instead of its own: the ones under test. */
  readonly collaborators?: Replacements;
  /** Who judges. Default: all of deadair's own; give `[...oracles, mine]` to add one. */
  readonly oracles?: readonly Oracle[];
  /** Draws what people do and what goes wrong, for any scenario: a fast-check arbitrary, e.g. `workloadArbitrary({ usersMax: 3 })`. */
  readonly workload?: Arbitrary<Workload>;
  /** `portfolio` (default), `surw`, `pos`, `pct-2`, `pct-3`, `pct-5`, `delay`, `random`, `feedback`; `exhaustive`: every order of one seed. */
  readonly strategy?: string;
  /** Schedules at most. Default 2 000. */
  readonly schedules?: number;
  /** Real seconds at most. Default: no limit. */
  readonly seconds?: number;
  /** First seed. Default 1. */
  readonly seed?: number;
  /** An event may overtake others due this much earlier. Default: drawn for each seed. */
  readonly windowMs?: number;
  /** Goes on after a violation and counts them all in `violations`; the first is made small. Default false. */
  readonly keepGoing?: boolean;
  readonly signal?: AbortSignal;
}

/** What a hunt has found, made small. */
export interface Found {
  readonly repro: Repro;
  /** The counterexample as text: columns for hosts, arrows for messages. */
  readonly timeline: string;
}

/** What a hunt has come to. */
export interface LibraryHuntResult extends Omit<HuntResult, 'caught'> {
  /** The first violation; null when nothing was found. */
  readonly found: Found | null;
}

/**
 * Hunts for a schedule that breaks something, in this thread; what is found is made small.
 * @throws DeadairError for a scenario or strategy that makes no sense
 */
export async function hunt(options: LibraryHuntOptions = {}): Promise<LibraryHuntResult> {
  const scenario = resolveScenario(options.scenario ?? crossroads);
  const { caught, ...result } = await explore(scenario, options);
  if (caught === null) return { ...result, found: null };
  const smallest = await minimise(caught, options);
  const critical = await localise(smallest, options);
  const hazards = options.collaborators === undefined && options.oracles === undefined ? [] : [CUSTOM];
  const repro = reproOf({ ...smallest, strategy: caught.strategy }, hazards, critical);
  const { story } = await tellStory(repro, { ...options, replay: 'replay() with the collaborators of this test' });
  return { ...result, found: { repro, timeline: renderTimeline(story, { color: false, width: 100 }) } };
}
