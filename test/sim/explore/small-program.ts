import { Profile } from '../../../sim/explore/profile.js';
import { type Departure, RecordingScheduler } from '../../../sim/explore/schedule.js';
import type { Strategy } from '../../../sim/explore/strategies/strategy.js';
import { Tame } from '../../../sim/explore/strategies/tame.js';
import {
  type ChoiceStream,
  Choices,
  EventLane,
  type Footprint,
  type PendingEvent,
  Simulation,
} from '../../../sim/kernel/index.js';

/** Keys of a store, and anything else that an event of a small program changes. */
export type Store = Map<string, number>;

/** One event of a lane: reads and writes the keys it says, and nothing else. */
export interface Act {
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  /** Due time in microseconds; left out: 0. */
  readonly atUs?: number;
  readonly run?: (store: Store) => void;
  /** Pushed when this one runs, so many microseconds later, to its own lane or another. */
  readonly next?: readonly (Act & { readonly lane: string; readonly afterUs: number })[];
}

/** A program without voice core: lanes of events, and events of the world itself under the name `world`. */
export type Program = Readonly<Record<string, readonly Act[]>>;

/** What one schedule of a small program was. */
export interface Ran {
  /** Keys of the events in the order in which they ran. */
  readonly order: readonly string[];
  readonly store: Store;
  readonly hash: string;
  readonly departures: readonly Departure[];
  readonly decisions: number;
  readonly pruned: boolean;
}

export interface RunOptions {
  readonly windowUs?: number;
  readonly untilUs?: number;
  readonly seed?: number;
  readonly profile?: Profile;
  readonly observe?: (event: PendingEvent, nowUs: number) => void;
}

interface Due {
  readonly lane: string;
  readonly act: Act;
}

/** Runs a program once on a bare simulation. */
export async function runProgram(program: Program, strategy: Strategy, options: RunOptions = {}): Promise<Ran> {
  const { windowUs = 1e9, untilUs = 1e9, seed = 1, profile = new Profile() } = options;
  strategy.begin(new Choices(seed).stream('schedule'), profile);
  const order: string[] = [];
  let pruned = false;
  const scheduler: RecordingScheduler = new RecordingScheduler(
    strategy,
    (event, nowUs) => {
      if (!pruned) order.push(event.key);
      options.observe?.(event, nowUs);
    },
    () => {
      pruned = true;
      sim.stop('pruned');
    },
  );
  const sim: Simulation = new Simulation({ seed: 1, explore: { scheduler, windowUs, untilUs } });
  const store: Store = new Map();
  const lanes = new Map<string, EventLane>();
  const laneOf = (name: string): EventLane | null => {
    if (name === 'world') return null;
    let lane = lanes.get(name);
    if (lane === undefined) {
      lane = new EventLane(name, 'store', (due) => footprintOf((due as Due).act));
      lanes.set(name, lane);
    }
    return lane;
  };
  const due = ({ lane, act }: Due): void => {
    if (pruned) return;
    act.run?.(store);
    sim.trace.record(lane, 'act', String(sim.nowUs));
    for (const each of act.next ?? []) sim.after(each.afterUs, due, { lane: each.lane, act: each });
  };
  sim.describe(due, ({ lane }) => laneOf(lane));
  for (const [lane, acts] of Object.entries(program)) for (const act of acts) sim.at(act.atUs ?? 0, due, { lane, act });
  await sim.run({ untilUs: 2e9 });
  return {
    order,
    store,
    hash: sim.trace.hash,
    departures: scheduler.departures,
    decisions: scheduler.decisions,
    pruned,
  };
}

/** What the order of time shows of a program, for strategies that need an expectation. */
export async function profileOf(program: Program, options: RunOptions = {}): Promise<Profile> {
  const profile = new Profile();
  const { decisions } = await runProgram(program, new Tame(), { ...options, observe: (event) => profile.note(event) });
  profile.decisions = decisions;
  return profile;
}

/** Schedules until the program shows what it should not; `limit` when it never did. */
export async function schedulesToBug(
  program: Program,
  strategy: Strategy,
  isBug: (store: Store) => boolean,
  limit: number,
  firstSeed = 1,
): Promise<number> {
  const profile = await profileOf(program);
  for (let run = 1; run <= limit; run++) {
    const { store } = await runProgram(program, strategy, { profile, seed: firstSeed + run });
    if (isBug(store)) return run;
  }
  return limit;
}

/** Final state as text. */
export function stateOf(store: Store): string {
  return [...store]
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(' ');
}

/** All schedules one by one: every decision with every answer. Nothing is left out. */
export class EveryDecision implements Strategy {
  readonly name = 'every';
  done = false;
  private readonly path: { chosen: number; readonly of: number }[] = [];
  private depth = 0;

  begin(): void {
    this.depth = 0;
  }

  choose(candidates: readonly PendingEvent[]): number {
    if (this.depth === this.path.length) this.path.push({ chosen: 0, of: candidates.length });
    return this.path[this.depth++]!.chosen;
  }

  advance(): void {
    for (let node = this.path.at(-1); node !== undefined; node = this.path.at(-1)) {
      if (++node.chosen < node.of) return;
      this.path.pop();
    }
    this.done = true;
  }
}

/** A dice stream for strategies that are asked directly. */
export const dice = (seed: number, label = 'schedule'): ChoiceStream => new Choices(seed).stream(label);

function footprintOf({ reads = [], writes = [] }: Act): Footprint {
  return { reads, writes };
}
