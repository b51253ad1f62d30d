import type { World } from './world.js';

/** Looks in a run: fewer where there is more to look at. */
const LOOKS = { max: 1_000, min: 40, clients: 40_000 } as const;
/** Shorter runs have no steady state to compare. */
const LEAST_US = 3_600e6;
/** Parts of the run that are compared: the beginning has to settle first. */
const EARLY = { from: 0.2, until: 0.45 } as const;
const LATE = { from: 0.75, until: 1 } as const;

type Part = typeof EARLY | typeof LATE;

function isWithin(at: number, { from, until }: Part): boolean {
  return at > from && at <= until;
}

/** What is there at one moment. */
interface Look {
  /** Part of the run that is over, 0 to 1. */
  readonly at: number;
  /** Tabs open. */
  readonly load: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** How much of one kind there was early and late. */
export interface Growth {
  readonly kind: string;
  readonly early: number;
  readonly late: number;
  /** Late over early, less one, and less what the load has grown by. */
  readonly share: number;
}

/**
 * Whether anything grows that should not (B10: no leak over 24 hours): keys and entries in Redis, rooms, timers, and all objects that can be
 * reached from the world, early and late in a long run, at equal load.
 */
export class StateGrowth {
  private readonly looks: Look[] = [];
  private readonly totalUs: number;
  private readonly everyUs: number;
  /** What only we keep: ears and recorders write down all that happens. */
  private readonly books: readonly object[];

  /**
   * @param books what keeps records of the run, and therefore grows
   * @param wanted whether anybody asks: to count all objects takes longer than many a world
   */
  constructor(
    private readonly world: World,
    books: readonly object[] = [],
    private readonly wanted = true,
  ) {
    const { recorder, scenario, faults, ears, meter } = world;
    const own = [ears, meter].filter((book) => book !== null);
    // what is in Redis is counted by key; a replication backlog fills up to its size
    this.books = [
      this,
      recorder,
      scenario,
      faults,
      world.warnings,
      world.answers,
      ...world.redis.servers,
      ...own,
      ...books,
    ];
    this.totalUs = world.scenario.durationS * 1e6;
    const looks = Math.min(LOOKS.max, Math.max(LOOKS.min, Math.round(LOOKS.clients / peopleOf(scenario))));
    this.everyUs = this.totalUs / looks;
    if (this.totalUs >= LEAST_US) world.sim.at(this.everyUs, look, this as StateGrowth);
  }

  /** @internal */
  look(): void {
    const { world, totalUs, everyUs, looks } = this;
    const { sim, redis, population } = world;
    if (sim.nowUs + everyUs <= totalUs) sim.after(everyUs, look, this as StateGrowth);
    const at = sim.nowUs / totalUs;
    if (!this.wanted || (!isWithin(at, EARLY) && !isWithin(at, LATE))) return;
    const store = redis.inspect();
    const keys = store.keys();
    looks.push({
      at,
      load: population.openTabs,
      counts: {
        redis_keys: keys.length,
        redis_entries: keys.reduce((sum, key) => sum + entriesOf(store, key), 0),
        sfu_rooms: world.rooms().length,
        timers: sim.pending,
        objects: countObjects(world, this.books),
      },
    });
  }

  /** By kind, the one that has grown most first; empty: the run was too short, or nobody asked. */
  get growth(): Growth[] {
    const within = (part: Part) => this.looks.filter(({ at }) => isWithin(at, part));
    return compareLooks(within(EARLY), within(LATE));
  }
}

/** @internal */
export function compareLooks(early: readonly Look[], late: readonly Look[]): Growth[] {
  if (early.length === 0 || late.length === 0) return [];
  const mean = (looks: readonly Look[], value: (look: Look) => number) =>
    looks.reduce((sum, each) => sum + value(each), 0) / looks.length;
  const load = ({ load: tabs }: Look) => tabs;
  const loadRatio = mean(early, load) > 0 ? Math.max(1, mean(late, load) / mean(early, load)) : 1;
  return Object.keys(early[0]!.counts)
    .map((kind): Growth => {
      const before = mean(early, ({ counts }) => counts[kind]!);
      const after = mean(late, ({ counts }) => counts[kind]!);
      // of next to nothing one more is no growth
      return { kind, early: before, late: after, share: (after + 1) / (before + 1) / loadRatio - 1 };
    })
    .sort((a, b) => b.share - a.share);
}

/** People of a scenario; of a switchboard its staff. */
function peopleOf({ calls, population }: World['scenario']): number {
  const staff = (calls?.organisations ?? []).reduce((sum, { copies, staff: { count } }) => sum + copies * count, 0);
  return Math.max(population.script === undefined && staff > 0 ? staff : population.clients, 1);
}

function entriesOf(store: ReturnType<World['redis']['inspect']>, key: string): number {
  switch (store.type(key)) {
    case 'hash':
      return store.hgetall(key).size;
    case 'set':
      return store.smembers(key).size;
    case 'list':
      return store.lrange(key).length;
    case 'zset':
      return store.zrange(key).length;
    default:
      return 1;
  }
}

/** Objects that can be reached over fields, arrays, maps and sets, but not through those left out; what closures hold is not seen. */
export function countObjects(root: object, leftOut: readonly object[] = []): number {
  const seen = new Set<object>([root, ...leftOut]);
  const open: object[] = [root];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return;
    seen.add(value);
    open.push(value);
  };
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next instanceof Map) {
      for (const [key, value] of next) {
        visit(key);
        visit(value);
      }
    } else if (next instanceof Set) {
      for (const value of next) visit(value);
    } else if (Array.isArray(next)) {
      for (const value of next) visit(value);
      continue;
    }
    for (const key of Object.keys(next)) {
      const field = Object.getOwnPropertyDescriptor(next, key);
      if (field !== undefined && 'value' in field) visit(field.value);
    }
  }
  return seen.size;
}

function look(growth: StateGrowth): void {
  growth.look();
}
