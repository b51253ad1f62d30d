import { type Case, runSchedule } from '../../../sim/explore/index.js';
import { Portfolio } from '../../../sim/explore/portfolio.js';
import { Profile } from '../../../sim/explore/profile.js';
import type { Departure } from '../../../sim/explore/schedule.js';
import { Tame } from '../../../sim/explore/strategies/tame.js';
import { Choices } from '../../../sim/kernel/index.js';
import { Judge, oracles } from '../../../sim/oracles/index.js';
import { World } from '../../../sim/world/world.js';
import { WorldEvidence } from '../../../sim/world/world-evidence.js';
import { oneMigration, threeJoins } from '../hunting-worlds.js';

/** Schedules of one world per second of processor time, each way of running it in turn. */
export interface RateFigures {
  readonly world: string;
  readonly strategy: string;
  /** Explored, with all oracles. */
  readonly judged: number;
  /** Explored, nobody looks on. */
  readonly unjudged: number;
  /** In the order of time, with all oracles. */
  readonly timed: number;
  /** Explored and judged, by the clock on the wall. */
  readonly judgedByWall: number;
  readonly eventsJudged: number;
  readonly eventsUnjudged: number;
  readonly eventsTimed: number;
}

const WORLDS: readonly (readonly [string, Case])[] = [
  ['three-joins', threeJoins],
  ['one-migration', oneMigration],
];

/** One way of running a world; `run` returns its events. */
interface Way {
  readonly run: (nth: number) => Promise<number>;
  runs: number;
  cpuUs: number;
  wallMs: number;
  events: number;
}

/**
 * @param seconds processor time for each of the three ways, for each world and strategy
 * @param warmUp schedules that do not count
 */
export async function measureRates(seconds: number, warmUp = 200): Promise<RateFigures[]> {
  const figures: RateFigures[] = [];
  for (const [world, given] of WORLDS) {
    for (const strategy of ['random', 'portfolio']) figures.push(await rate(world, given, strategy, seconds, warmUp));
  }
  return figures;
}

async function rate(
  world: string,
  given: Case,
  strategy: string,
  seconds: number,
  warmUp: number,
): Promise<RateFigures> {
  const choices = new Choices(given.seed);
  const kept: (readonly Departure[])[] = [];
  const portfolio = new Portfolio(strategy, kept);
  const profile = new Profile();
  const tame = await runSchedule(given, {
    strategy: new Tame(),
    dice: choices.stream('tame'),
    observe: (event) => profile.note(event),
  });
  profile.decisions = tame.decisions;
  const explored = async (nth: number, judged: boolean) => {
    const dice = choices.stream(`schedule/${nth}`);
    const outcome = await runSchedule(given, {
      strategy: portfolio.pick(dice.choose(100)),
      dice,
      profile,
      ...(judged ? {} : { oracles: [] }),
    });
    if (outcome.violation !== null)
      throw new Error(
        `${world}, ${strategy}, schedule ${nth}: ${outcome.violation.oracle}: ${outcome.violation.message}`,
      );
    // something for feedback to work on, as a hunt keeps it
    if (kept.length < 8) kept.push(outcome.departures);
    return outcome.events;
  };
  const ways = [
    (nth: number) => explored(nth, true),
    (nth: number) => explored(nth, false),
    () => timed(given, tame.endedUs),
  ].map((run): Way => ({ run, runs: 0, cpuUs: 0, wallMs: 0, events: 0 }));
  // in turn and in short pieces, so that whoever else uses the machine is in everybody's way alike
  for (let warm = 0; warm < warmUp; warm++) for (const way of ways) await way.run(warm);
  while (ways.some(({ cpuUs }) => cpuUs < seconds * 1e6)) for (const way of ways) await piece(way);
  const [judged, unjudged, times] = ways as [Way, Way, Way];
  const perSecond = ({ runs, cpuUs }: Way) => (runs * 1e6) / cpuUs;
  return {
    world,
    strategy,
    judged: perSecond(judged),
    unjudged: perSecond(unjudged),
    timed: perSecond(times),
    judgedByWall: (judged.runs * 1e3) / judged.wallMs,
    eventsJudged: judged.events / judged.runs,
    eventsUnjudged: unjudged.events / unjudged.runs,
    eventsTimed: times.events / times.runs,
  };
}

async function piece(way: Way): Promise<void> {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  for (let i = 0; i < 5; i++) way.events += await way.run(way.runs++);
  const { user, system } = process.cpuUsage(before);
  way.cpuUs += user + system;
  way.wallMs += performance.now() - startedMs;
}

/** The same world without exploration, for as long as the tame schedule lasts. */
async function timed({ scenario, seed }: Case, untilUs: number): Promise<number> {
  const world = new World(scenario, { seed });
  const judge = new Judge(new WorldEvidence(world), oracles, () => []);
  await world.sim.run({ untilUs });
  judge.look();
  return world.sim.eventsRun;
}
