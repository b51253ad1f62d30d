import { Choices } from '../kernel/index.js';
import { realWorld } from '../kernel/real-world.js';
import type { Oracle, Violation } from '../oracles/index.js';
import type { Scenario, ScriptStep } from '../scenario/index.js';
import type { Replacements } from '../world/world.js';
import type { Case } from './case.js';
import { type Outcome, runSchedule, type ScheduleOptions } from './run-schedule.js';
import type { Departure } from './schedule.js';
import { Replay } from './strategies/replay.js';

/** What has to be seen again. */
export interface Suspect {
  readonly given: Case;
  readonly departures: readonly Departure[];
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
  /** Default 500. */
  readonly replays?: number;
  /** Real seconds. Default 30. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly replays: number; readonly wallS: number; readonly left: string }) => void;
}

/**
 * Makes a counterexample smaller: fewer people, actions, faults, departures; shorter faults, rounder times, fewer servers. A smaller one is
 * taken when the same oracle objects. Delta debugging (Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", TSE 2002)
 * on each list, again and again until nothing can be left out.
 */
export async function minimise(suspect: Suspect, options: MinimiseOptions = {}): Promise<Minimised> {
  const search = new Reduction(suspect, options);
  await search.run();
  return search.result();
}

/** Replays what was caught. @returns the outcome; and what of the schedule could be followed, in `departures` */
export function replayCase(
  { given, departures }: Pick<Suspect, 'given' | 'departures'>,
  options: Pick<ScheduleOptions, 'collaborators' | 'oracles' | 'traceSink'>,
): Promise<Outcome> {
  return runSchedule(given, {
    strategy: new Replay(departures),
    dice: new Choices(given.seed).stream('replay'),
    collaborators: options.collaborators,
    oracles: options.oracles,
    ...(options.traceSink ? { traceSink: options.traceSink } : {}),
  });
}

class Reduction {
  private replays = 0;
  private exhausted = false;
  private readonly startedMs = realWorld.nowMs();

  constructor(
    private best: Suspect,
    private readonly options: MinimiseOptions,
  ) {}

  async run(): Promise<void> {
    for (let changed = true; changed && !this.exhausted; ) {
      changed = await this.fewer(this.steps, (script) => this.withScript(script), groupsByUser);
      changed =
        (await this.fewer(this.scenario.faults, (faults) => this.withScenario({ faults: [...faults] }))) || changed;
      changed = (await this.fewer(this.steps, (script) => this.withScript(script))) || changed;
      changed = (await this.fewer(this.best.departures, (departures) => ({ ...this.best, departures }))) || changed;
      changed = (await this.simpler()) || changed;
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

  private get steps(): readonly ScriptStep[] {
    return this.scenario.population.script ?? [];
  }

  /** Tries to do without parts of a list: first large ones, at last single ones. */
  private async fewer<T>(
    list: readonly T[],
    build: (kept: readonly T[]) => Suspect,
    group: (list: readonly T[]) => T[][] = (items) => items.map((item) => [item]),
  ): Promise<boolean> {
    let groups = group(list);
    let changed = false;
    for (let size = groups.length; size >= 1 && groups.length > 0; size = size > 1 ? Math.ceil(size / 2) : 0) {
      for (let from = 0; from < groups.length; ) {
        const kept = [...groups.slice(0, from), ...groups.slice(from + size)];
        if (await this.attempt(build(kept.flat()))) {
          groups = kept;
          changed = true;
        } else from += size;
        if (this.exhausted) return changed;
      }
    }
    return changed;
  }

  /** Tries rounder times, shorter faults, fewer servers, one kind of link, a smaller window. */
  private async simpler(): Promise<boolean> {
    let changed = false;
    const attempt = async (suspect: Suspect | null) => {
      if (suspect !== null && !this.exhausted && (await this.attempt(suspect))) changed = true;
    };
    const { topology, network } = this.scenario;
    if (topology.redis.replicas > 0 && !this.scenario.faults.some(({ kind }) => kind.startsWith('redis-')))
      await attempt(this.withScenario({ topology: { ...topology, redis: { replicas: 0, sentinels: 0 } } }));
    if (topology.backends > 1)
      await attempt(this.withScenario({ topology: { ...topology, backends: topology.backends - 1 } }));
    if (topology.sfuNodes > 1)
      await attempt(this.withScenario({ topology: { ...topology, sfuNodes: topology.sfuNodes - 1 } }));
    if (Object.keys(network.clientProfiles).length > 1)
      await attempt(this.withScenario({ network: { ...network, clientProfiles: { wifi: 1 } } }));
    for (let i = 0; i < this.steps.length; i++) {
      const step = this.steps[i]!;
      for (const grain of [10, 100]) {
        const atS = Math.round(step.atS * grain) / grain;
        if (atS === this.steps[i]!.atS) break;
        await attempt(this.withScript(this.steps.map((each, index) => (index === i ? { ...each, atS } : each))));
        if (this.steps[i]?.atS === atS) break;
      }
    }
    for (let i = 0; i < this.scenario.faults.length; i++) {
      const fault = this.scenario.faults[i]!;
      const atS = Math.round(fault.atS * 100) / 100;
      if (atS === fault.atS) continue;
      const faults = this.scenario.faults.map((each, index) => (index === i ? { ...each, atS } : each));
      await attempt(this.withScenario({ faults }));
    }
    return changed;
  }

  private withScenario(changes: Partial<Scenario>): Suspect {
    const { given } = this.best;
    return { ...this.best, given: { ...given, scenario: { ...given.scenario, ...changes } } };
  }

  private withScript(script: readonly ScriptStep[]): Suspect {
    return this.withScenario({ population: { ...this.scenario.population, script: [...script] } });
  }

  /** Takes a smaller counterexample if the same oracle objects, with its schedule as far as it can be followed, or else in the order of time. */
  private async attempt(smaller: Suspect): Promise<boolean> {
    if (await this.fails(smaller)) return true;
    if (smaller.departures.length === 0 || smaller.departures.length < this.best.departures.length) return false;
    return this.fails({ ...smaller, departures: [] });
  }

  private async fails(suspect: Suspect): Promise<boolean> {
    const { replays = 500, seconds = 30, signal, onProgress } = this.options;
    if (this.replays >= replays || realWorld.nowMs() - this.startedMs > seconds * 1e3 || signal?.aborted) {
      this.exhausted = true;
      return false;
    }
    this.replays++;
    const outcome = await replayCase(suspect, this.options);
    if (outcome.violation?.oracle !== this.best.violation.oracle) return false;
    this.best = {
      given: suspect.given,
      departures: outcome.departures,
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

function groupsByUser(script: readonly ScriptStep[]): ScriptStep[][] {
  const users = new Map<number, ScriptStep[]>();
  for (const step of script) users.set(step.user, [...(users.get(step.user) ?? []), step]);
  return [...users.values()];
}
