import type { ChoiceStream, PendingEvent, TraceSink } from '../kernel/index.js';
import { Judge, type Oracle, oracles, type Violation } from '../oracles/index.js';
import { loadMedia } from '../world/media-planes.js';
import { type Replacements, World } from '../world/world.js';
import { WorldEvidence } from '../world/world-evidence.js';
import type { Case } from './case.js';
import { Profile } from './profile.js';
import { type Departure, RecordingScheduler } from './schedule.js';
import type { Strategy } from './strategies/strategy.js';

/** What came of one schedule. */
export interface Outcome {
  /** The first thing that must not be; null when everything was in order. */
  readonly violation: Violation | null;
  /** Broken off: the strategy has seen everything that comes from here. */
  readonly pruned: boolean;
  readonly decisions: number;
  readonly departures: readonly Departure[];
  readonly events: number;
  readonly traceHash: string;
  /** Virtual time at the end, in microseconds. */
  readonly endedUs: number;
}

export interface ScheduleOptions {
  readonly strategy: Strategy;
  readonly dice: ChoiceStream;
  /** Of the tame schedule; left out: of an empty one. */
  readonly profile?: Profile;
  readonly collaborators?: Replacements | undefined;
  readonly oracles?: readonly Oracle[] | undefined;
  readonly traceSink?: TraceSink;
  /** Sees every event before it runs. */
  readonly observe?: (event: PendingEvent, nowUs: number) => void;
  /** Looks at the world before it runs. */
  readonly onWorld?: (world: World) => void;
}

const LOOK_EVERY_US = 200_000;
/** Healing may take this many events, or this many times those of the load before it: a world that is still busy then goes in circles. */
const HEALING_EVENTS = 50_000;
const HEALING_SHARE = 10;
/** Everything must have been in order this often in a row. */
const LOOKS = 2;

/**
 * Runs one schedule of a case: explores while people and faults do what they do, then lets the world heal in the order of time until
 * everything is in order. Ends at the first violation; what is not in order when `drainS` is over, or when the world has gone in circles for long, is one.
 */
export async function runSchedule(given: Case, options: ScheduleOptions): Promise<Outcome> {
  const { scenario, seed, windowMs } = given;
  const { strategy, dice, profile = new Profile(), observe, traceSink } = options;
  strategy.begin(dice, profile);
  let pruned = false;
  const scheduler: RecordingScheduler = new RecordingScheduler(strategy, observe ?? null, () => {
    pruned = true;
    sim.stop('pruned');
  });
  const loadOverUs = scenario.durationS * 1e6;
  const world = new World(scenario, {
    seed,
    explore: { scheduler, windowUs: Math.round(windowMs * 1e3), untilUs: loadOverUs },
    collaborators: options.collaborators,
    traceSink,
    ...(await loadMedia(scenario)),
  });
  const { sim } = world;
  const judge = new Judge(
    new WorldEvidence(world),
    options.oracles ?? oracles,
    () => [],
    () => sim.stop('violation'),
  );
  options.onWorld?.(world);
  let inOrder = 0;
  let circling = false;
  let eventsMax = Number.POSITIVE_INFINITY;
  const look = () => {
    if (eventsMax === Number.POSITIVE_INFINITY)
      eventsMax = sim.eventsRun + Math.max(HEALING_EVENTS, HEALING_SHARE * sim.eventsRun);
    inOrder = sim.nowUs >= world.faults.overUs && judge.look() && !judge.pending ? inOrder + 1 : 0;
    circling = sim.eventsRun > eventsMax;
    if (inOrder === LOOKS) sim.stop('in order');
    else if (circling) sim.stop('in circles');
    else sim.after(LOOK_EVERY_US, look);
  };
  sim.at(loadOverUs + LOOK_EVERY_US, look);
  const { endedBy } = await sim.run({ untilUs: loadOverUs + scenario.drainS * 1e6 });
  strategy.end?.();
  if (judge.violations.length === 0 && !pruned) {
    world.finish();
    if (endedBy !== 'stop' || circling) judge.conclude();
  }
  return new Finished(scheduler, judge.violations[0] ?? null, pruned, sim.eventsRun, sim.trace.hash, sim.nowUs);
}

class Finished implements Outcome {
  constructor(
    private readonly scheduler: RecordingScheduler,
    readonly violation: Violation | null,
    readonly pruned: boolean,
    readonly events: number,
    readonly traceHash: string,
    readonly endedUs: number,
  ) {}

  get decisions(): number {
    return this.scheduler.decisions;
  }

  /** Named only when somebody wants to know. */
  get departures(): readonly Departure[] {
    return this.scheduler.departures;
  }
}
