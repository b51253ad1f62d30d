import type { Arbitrary } from 'fast-check';
import { Choices } from '../kernel/index.js';
import type { Oracle, Violation } from '../oracles/index.js';
import type { Scenario } from '../scenario/index.js';
import type { Replacements, World } from '../world/world.js';
import type { Case } from './case.js';
import { Orders } from './orders.js';
import { Portfolio } from './portfolio.js';
import { Profile } from './profile.js';
import { Reach, type ReachReport } from './reach.js';
import { type Outcome, runSchedule } from './run-schedule.js';
import type { Departure } from './schedule.js';
import { Tame } from './strategies/tame.js';
import { drawCase, type SwarmOptions } from './swarm.js';
import type { Workload } from './workload/index.js';

/** What is common to all seeds of a hunt. */
export interface SeedOptions {
  readonly strategy: string;
  /** Schedules of each seed, the tame one included. */
  readonly schedulesPerSeed: number;
  /** How far an event may overtake others. Default: drawn for each seed. */
  readonly windowMs?: number | undefined;
  /** Also notes which marks and transitions are reached (a few percent slower). Default false. */
  readonly coverage?: boolean | undefined;
  readonly collaborators?: Replacements | undefined;
  readonly oracles?: readonly Oracle[] | undefined;
  /** Draws what people do and what goes wrong, one workload a seed, instead of the swarm. Give the same one to `minimise`. */
  readonly workload?: Arbitrary<Workload> | undefined;
}

/** A violation and everything that is needed to see it again. */
export interface Catch {
  readonly given: Case;
  readonly departures: readonly Departure[];
  readonly violation: Violation;
  readonly strategy: string;
  readonly traceHash: string;
  readonly swarm: SwarmOptions;
}

/** What came of one seed: its schedules up to the first violation. */
export interface SeedReport {
  readonly seed: number;
  readonly schedules: number;
  readonly decisions: number;
  readonly events: number;
  /** Different orders of neighbours at keys and actors. */
  readonly orders: number;
  readonly swarm: SwarmOptions;
  /** null unless asked for. */
  readonly reach: ReachReport | null;
  readonly caught: Catch | null;
}

/** At most so many schedules are kept for feedback. */
const KEPT = 8;

/**
 * Explores one seed: draws a case, runs it in the order of time, then with schedules of the strategy, until one shows a violation or all
 * are clean. Depends on nothing but its arguments.
 */
export async function huntSeed(scenario: Scenario, seed: number, options: SeedOptions): Promise<SeedReport> {
  const { options: swarm, ...given } = drawCase(scenario, seed, options);
  const { schedulesPerSeed, oracles } = options;
  const reach = options.coverage === true ? new Reach() : null;
  const collaborators = reach === null ? options.collaborators : reach.watched(options.collaborators);
  const choices = new Choices(seed);
  const kept: (readonly Departure[])[] = [];
  const portfolio = new Portfolio(options.strategy, kept);
  const profile = new Profile();
  const orders = new Orders();
  const feedback = options.strategy === 'portfolio' || options.strategy === 'feedback';
  let decisions = 0;
  let events = 0;
  let caught: Catch | null = null;
  let schedules = 0;
  while (schedules < schedulesPerSeed && caught === null) {
    const tame = schedules === 0;
    const dice = choices.stream(`schedule/${schedules}`);
    const strategy = tame ? new Tame() : portfolio.pick(dice.choose(100));
    orders.begin();
    const outcome: Outcome = await runSchedule(given, {
      strategy,
      dice,
      profile,
      collaborators,
      oracles,
      ...(reach === null ? {} : { onWorld: (world: World) => reach.begin(world) }),
      observe: (event) => {
        if (tame) profile.note(event);
        if (feedback) orders.note(event);
      },
    });
    reach?.conclude();
    if (tame) profile.decisions = outcome.decisions;
    if (feedback && !tame && orders.news > 0) {
      if (kept.length === KEPT) kept.shift();
      kept.push(outcome.departures);
    }
    schedules++;
    decisions += outcome.decisions;
    events += outcome.events;
    if (outcome.violation === null) continue;
    caught = {
      given,
      departures: outcome.departures,
      violation: outcome.violation,
      strategy: strategy.name,
      traceHash: outcome.traceHash,
      swarm,
    };
  }
  return { seed, schedules, decisions, events, orders: orders.size, swarm, reach: reach?.report() ?? null, caught };
}
