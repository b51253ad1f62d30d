import { collaboratorsOf, type Hazard, hazards, worldOf } from '../../../scenarios/hazards/index.js';
import { type Detection, detectionOf } from '../../../sim/explore/index.js';
import { Tame } from '../../../sim/explore/strategies/tame.js';
import { resolveScenario } from '../../../sim/scenario/index.js';
import { fastCheckHunt } from '../fast-check/property.js';
import { guardedHunt } from './guarded-hunt.js';

/** What is compared: strategies of deadair, and fast-check's scheduler in two manners. */
export const FAST_CHECK = ['fast-check', 'fast-check+window'] as const;

export interface DetectionTask {
  readonly hazards: readonly string[];
  /** Names of strategies, or of {@link FAST_CHECK}; `portfolio@2`: with two schedules of each case instead of what is usual. */
  readonly tools: readonly string[];
  readonly seeds: number;
  /** Schedules of a hunt at most. */
  readonly budget: number;
}

export interface DetectionRow extends Detection {
  readonly hazard: string;
  readonly tool: string;
  /** Of each hunt; null: nothing found. */
  readonly schedules: readonly (number | null)[];
  /** Who objected, by number of hunts. */
  readonly oracles: Readonly<Record<string, number>>;
  /** Hunts that ended with a schedule in the order of time: nothing but the workload was needed. Null for fast-check, which has no such schedule. */
  readonly tame: number | null;
  /** Processor time of a schedule, in milliseconds. */
  readonly cpuMs: number;
  /** Violations that did not count, because the correct core is accused of the same. */
  readonly accusations: number;
}

/** Cases of one hunt do not meet those of another. */
const SEEDS_APART = 100_000;

interface Hunted {
  readonly schedules: number;
  readonly oracle: string | null;
  readonly tame: boolean | null;
  readonly accusations: number;
}

/** Every hazard with every tool, in the world that it is for, each hunt with a seed of its own. @param onRow told of each row when it is done */
export async function measureDetection(
  task: DetectionTask,
  onRow: (row: DetectionRow) => void = () => undefined,
): Promise<DetectionRow[]> {
  const rows: DetectionRow[] = [];
  for (const hazard of task.hazards) {
    for (const tool of task.tools) {
      // its service knows of no calls, tokens, operators and packets
      if (isFastCheck(tool) && hazardOf(hazard).world !== undefined) continue;
      const hunts: Hunted[] = [];
      const before = process.cpuUsage();
      for (let nth = 0; nth < task.seeds; nth++) hunts.push(await once(hazard, tool, nth, task.budget));
      const { user, system } = process.cpuUsage(before);
      const oracles: Record<string, number> = {};
      for (const { oracle } of hunts) if (oracle !== null) oracles[oracle] = (oracles[oracle] ?? 0) + 1;
      const found = hunts.map(({ schedules, oracle }) => (oracle === null ? null : schedules));
      const row: DetectionRow = {
        hazard,
        tool,
        ...detectionOf(found),
        schedules: found,
        oracles,
        tame: hunts.some(({ tame }) => tame === null) ? null : hunts.filter(({ tame }) => tame === true).length,
        cpuMs: (user + system) / 1e3 / hunts.reduce((sum, { schedules }) => sum + schedules, 0),
        accusations: hunts.reduce((sum, { accusations }) => sum + accusations, 0),
      };
      rows.push(row);
      onRow(row);
    }
  }
  return rows;
}

const isFastCheck = (tool: string): boolean => (FAST_CHECK as readonly string[]).includes(tool);

function hazardOf(id: string): Hazard {
  const hazard = hazards.find((each) => each.id === id);
  if (!hazard) throw new Error(`there is no hazard "${id}"`);
  return hazard;
}

async function once(id: string, tool: string, nth: number, schedules: number): Promise<Hunted> {
  const hazard = hazardOf(id);
  const scenario = resolveScenario(worldOf(hazard));
  const collaborators = collaboratorsOf(hazard);
  if (isFastCheck(tool)) {
    const manner = tool === FAST_CHECK[0] ? 'documented' : 'windowed';
    const result = await fastCheckHunt({ scenario, manner, seed: 1 + nth, schedules, collaborators });
    const { violation, accusations } = result;
    return { schedules: result.schedules, oracle: violation?.oracle ?? null, tame: null, accusations };
  }
  const [strategy, perSeed] = tool.split('@') as [string, string | undefined];
  const result = await guardedHunt(scenario, {
    strategy,
    seed: 1 + nth * SEEDS_APART,
    schedules,
    collaborators,
    ...(perSeed === undefined ? {} : { schedulesPerSeed: Number(perSeed) }),
  });
  const { caught, accusations } = result;
  const tame = caught?.strategy === new Tame().name;
  return { schedules: result.schedules, oracle: caught?.violation.oracle ?? null, tame, accusations };
}

export interface RatioSummary {
  /** Hazards that need two or more ordered events and were found by at least one of the two. */
  readonly hazards: number;
  /** Median over them of other median / base median. */
  readonly median: number;
  /** Where the other tool's median is the smaller one. */
  readonly otherWins: readonly string[];
  /** Found in no hunt by the other tool, but by the base. */
  readonly onlyBase: readonly string[];
  /** Found in no hunt by the base, but by the other tool. */
  readonly onlyOther: readonly string[];
}

/**
 * How many times as many schedules another tool needs. A median that is not there counts as the budget: a ratio with it in the numerator is a
 * lower bound, and one with it in the denominator an upper bound.
 */
export function ratioOf(rows: readonly DetectionRow[], base: string, other: string, budget: number): RatioSummary {
  const ratios: number[] = [];
  const otherWins: string[] = [];
  const onlyBase: string[] = [];
  const onlyOther: string[] = [];
  for (const { id, shortest } of hazards) {
    if (shortest < 2) continue;
    const ours = rows.find(({ hazard, tool }) => hazard === id && tool === base);
    const theirs = rows.find(({ hazard, tool }) => hazard === id && tool === other);
    if (!ours || !theirs || ours.found + theirs.found === 0) continue;
    const ratio = (theirs.median ?? budget) / (ours.median ?? budget);
    ratios.push(ratio);
    if (ratio < 1) otherWins.push(id);
    if (theirs.found === 0) onlyBase.push(id);
    if (ours.found === 0) onlyOther.push(id);
  }
  ratios.sort((a, b) => a - b);
  const half = ratios.length >> 1;
  const median = ratios.length % 2 === 1 ? ratios[half]! : (ratios[half - 1]! + ratios[half]!) / 2;
  return { hazards: ratios.length, median, otherWins, onlyBase, onlyOther };
}
