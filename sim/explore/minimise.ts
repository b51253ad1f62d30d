import { type Arbitrary, Value } from 'fast-check';
import { Choices } from '../kernel/index.js';
import { realWorld } from '../kernel/real-world.js';
import type { Oracle, Violation } from '../oracles/index.js';
import type { Scenario } from '../scenario/index.js';
import type { Replacements } from '../world/world.js';
import type { Case } from './case.js';
import { type Outcome, runSchedule, type ScheduleOptions } from './run-schedule.js';
import type { Choice } from './schedule.js';
import { shorten } from './shorten.js';
import { Replay } from './strategies/replay.js';
import { type Workload, withWorkload, workloadArbitrary, workloadOf, workloadSource } from './workload/index.js';

/** What has to be seen again. */
export interface Suspect {
  readonly given: Case;
  /** Where its schedule differs from the order of time. */
  readonly departures: readonly Choice[];
  readonly violation: Violation;
  readonly traceHash: string;
}

/** How far a counterexample was reduced. */
export interface Minimised extends Suspect {
  readonly actors: number;
  readonly actions: number;
  readonly faults: number;
  /** Departures from the order of time. */
  readonly choices: number;
  /** Schedules run for it. */
  readonly replays: number;
  /** Each part that is left is necessary: leaving any of them out was tried. False when the budget ran out. */
  readonly complete: boolean;
}

export interface MinimiseOptions {
  readonly collaborators?: Replacements | undefined;
  readonly oracles?: readonly Oracle[] | undefined;
  /** What the hunt drew its workloads from, where that was an arbitrary of its own: then its shrinking is used. */
  readonly workload?: Arbitrary<Workload> | undefined;
  /** Default 500. */
  readonly replays?: number;
  /** Real seconds. Default 30. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly replays: number; readonly wallS: number; readonly left: string }) => void;
}

/**
 * Makes a counterexample smaller: fewer people, actions, faults, shorter faults and rounder times by the shrinking of the workload's fast-check
 * arbitrary; fewer departures by delta debugging (Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", TSE 2002); fewer
 * servers. A smaller one is taken when the same oracle objects; again and again until nothing can be left out.
 */
export async function minimise(suspect: Suspect, options: MinimiseOptions = {}): Promise<Minimised> {
  const search = new Reduction(suspect, options);
  await search.run();
  return search.result();
}

/** Replays what was caught. @returns the outcome, and what of the schedule has made a difference */
export async function replayCase(
  { given, departures }: Pick<Suspect, 'given' | 'departures'>,
  options: Pick<ScheduleOptions, 'collaborators' | 'oracles' | 'traceSink'>,
): Promise<Outcome & { readonly used: readonly Choice[] }> {
  const strategy = new Replay(departures);
  const outcome = await runSchedule(given, {
    strategy,
    dice: new Choices(given.seed).stream('replay'),
    collaborators: options.collaborators,
    oracles: options.oracles,
    ...(options.traceSink ? { traceSink: options.traceSink } : {}),
  });
  return Object.assign(outcome, { used: [...strategy.used] });
}

class Reduction {
  private replays = 0;
  private exhausted = false;
  private tree: WorkloadTree;
  private readonly startedMs = realWorld.nowMs();

  constructor(
    private best: Suspect,
    private readonly options: MinimiseOptions,
  ) {
    this.tree = treeOfCase(best.given, options.workload);
  }

  async run(): Promise<void> {
    // without a schedule everything after is half the work
    if (this.best.departures.length > 0) await this.fails({ ...this.best, departures: [] });
    await this.holdInstead();
    // most of a schedule does not matter, and what depends on less of it is easier to make smaller
    await this.fewerDepartures();
    for (let changed = true; changed && !this.exhausted; ) {
      await this.smallerWorkload();
      changed = await this.simpler();
      changed = (await this.fewerDepartures()) || changed;
    }
  }

  result(): Minimised {
    const { scenario } = this.best.given;
    const script = scenario.population.script ?? [];
    return {
      ...this.best,
      actors: new Set(script.map(({ user }) => user)).size,
      actions: script.length,
      faults: scenario.faults.length,
      choices: this.best.departures.length,
      replays: this.replays,
      complete: !this.exhausted,
    };
  }

  private get scenario(): Scenario {
    return this.best.given.scenario;
  }

  /** Goes down the tree of smaller workloads as fast-check's runner would, as long as there is one that fails. */
  private async smallerWorkload(): Promise<void> {
    for (let next: WorkloadTree | null = this.tree; next !== null; ) {
      this.tree = next;
      next = null;
      for (const smaller of this.tree.smaller()) {
        if (this.exhausted) return;
        if (!(await this.fails(this.withScenario(withWorkload(this.scenario, smaller.workload))))) continue;
        next = smaller;
        break;
      }
    }
  }

  /**
   * Takes what the departures amount to instead of them: events that wait for others, each on its own. That is not quite the same schedule, but
   * where it fails as well, most of it can be left out.
   */
  private async holdInstead(): Promise<void> {
    const { given, departures } = this.best;
    if (departures.length === 0 || this.spend()) return;
    const replay = new Replay(departures);
    await runSchedule(given, { ...this.options, strategy: replay, dice: new Choices(given.seed).stream('replay') });
    await this.fails({ ...this.best, departures: [...replay.overtaken].map(([hold, until]) => ({ hold, until })) });
  }

  /** Shortens the schedule. */
  private async fewerDepartures(): Promise<boolean> {
    const before = this.best.departures.length;
    await shorten(
      this.best.departures,
      (departures) => this.fails({ ...this.best, departures }),
      () => this.exhausted,
    );
    return this.best.departures.length < before;
  }

  /** Tries fewer servers, one kind of link. */
  private async simpler(): Promise<boolean> {
    let changed = false;
    const attempt = async (changes: Partial<Scenario>) => {
      if (!this.exhausted && (await this.fails(this.withScenario(changes)))) changed = true;
    };
    const named = JSON.stringify(this.scenario.faults);
    const { network } = this.scenario;
    const topology = () => this.scenario.topology;
    if (topology().redis.replicas > 0 && !/redis-|replica|sentinel/.test(named))
      await attempt({ topology: { ...topology(), redis: { replicas: 0, sentinels: 0 } } });
    const { backends, sfuNodes } = topology();
    if (backends > 1 && !named.includes(`backend-${backends}"`))
      await attempt({ topology: { ...topology(), backends: backends - 1 } });
    if (sfuNodes > 1 && !named.includes(`sfu-${sfuNodes}"`))
      await attempt({ topology: { ...topology(), sfuNodes: sfuNodes - 1 } });
    if (Object.keys(network.clientProfiles).length > 1)
      await attempt({ network: { ...network, clientProfiles: { wifi: 1 } } });
    return changed;
  }

  private withScenario(changes: Partial<Scenario>): Suspect {
    const { given } = this.best;
    return { ...this.best, given: { ...given, scenario: { ...given.scenario, ...changes } } };
  }

  /** One more replay. @returns whether there is none left */
  private spend(): boolean {
    const { replays = 500, seconds = 30, signal } = this.options;
    if (this.replays >= replays || realWorld.nowMs() - this.startedMs > seconds * 1e3 || signal?.aborted)
      this.exhausted = true;
    else this.replays++;
    return this.exhausted;
  }

  /** Takes a smaller counterexample if the same oracle objects, with its schedule as far as it can be followed. */
  private async fails(suspect: Suspect): Promise<boolean> {
    if (this.spend()) return false;
    const { onProgress } = this.options;
    const outcome = await replayCase(suspect, this.options);
    if (outcome.violation?.oracle !== this.best.violation.oracle) return false;
    this.best = {
      given: suspect.given,
      departures: outcome.used,
      violation: outcome.violation,
      traceHash: outcome.traceHash,
    };
    const { actors, actions, faults, choices } = this.result();
    onProgress?.({
      replays: this.replays,
      wallS: (realWorld.nowMs() - this.startedMs) / 1e3,
      left: `${actors} people, ${actions} actions, ${faults} faults, ${choices} choices`,
    });
    return true;
  }
}

/** A workload, and those that its arbitrary takes for smaller. */
interface WorkloadTree {
  readonly workload: Workload;
  smaller(): Iterable<WorkloadTree>;
}

function treeOf(arbitrary: Arbitrary<Workload>, { value: workload, context }: Value<Workload>): WorkloadTree {
  return {
    workload,
    *smaller() {
      for (const smaller of arbitrary.shrink(workload, context)) yield treeOf(arbitrary, smaller);
    },
  };
}

/** The workload of a case: as drawn from `own` if that is where it is from, else shrunk as any is. */
function treeOfCase({ scenario, seed }: Case, own: Arbitrary<Workload> | undefined): WorkloadTree {
  const workload = workloadOf(scenario);
  if (own !== undefined) {
    const drawn = workloadSource(own, seed)();
    if (JSON.stringify(drawn.value) === JSON.stringify(workload)) return treeOf(own, drawn);
  }
  return treeOf(workloadArbitrary(), new Value(workload, undefined));
}
