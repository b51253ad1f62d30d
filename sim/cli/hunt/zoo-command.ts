import { crossroads } from '../../../scenarios/crossroads.js';
import { type Hazard, worldOf, hazards as zoo } from '../../../scenarios/hazards/index.js';
import { ExitCode } from '../../errors.js';
import { checkStrategy, type Detection, detectionOf, seedOptionsOf } from '../../explore/index.js';
import { realWorld } from '../../kernel/real-world.js';
import { resolveScenario } from '../../scenario/index.js';
import { Interruption } from '../interruption.js';
import { ProgressLine } from '../progress-line.js';
import { useColor } from '../use-color.js';
import { hazardsOf } from './hazards-of.js';
import { startPool } from './pool.js';
import type { WholeHunt } from './worker.js';
import { renderZoo, renderZooList } from './zoo-table.js';

/** Options of `deadair zoo`. */
export interface ZooCommandOptions {
  readonly hazard: readonly string[];
  readonly strategies: string;
  readonly seeds: number;
  readonly schedules: number;
  readonly workers?: number;
  readonly list?: boolean;
  readonly json?: boolean;
}

/** What the hunts for one hazard with one strategy came to. */
export interface ZooRow extends Detection {
  readonly hazard: string;
  readonly strategy: string;
  /** Oracles that objected, each with its number of hunts, the most frequent first. */
  readonly oracles: readonly (readonly [string, number])[];
  /** Real time of all hunts, in seconds of one core. */
  readonly seconds: number;
}

/** Cases of one hunt do not meet those of another. */
const SEEDS_APART = 100_000;

/**
 * `deadair zoo`: hunts every hazard with every strategy, each in the scenario that it is for.
 * @returns 0 when each was found in every hunt, else 1
 */
export async function zooCommand(options: ZooCommandOptions): Promise<number> {
  const chosen: readonly Hazard[] = options.hazard.length > 0 ? hazardsOf(options.hazard) : zoo;
  if (options.list === true) {
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(
            chosen.map((hazard) => {
              const { change: _change, ...rest } = hazard;
              return { ...rest, world: worldOf(hazard).name };
            }),
            null,
            2,
          )}\n`
        : renderZooList(chosen),
    );
    return ExitCode.ok;
  }
  const strategies = options.strategies.split(',').map((name) => name.trim());
  for (const strategy of strategies) checkStrategy(strategy);
  const scenario = resolveScenario(crossroads);
  const progress = new ProgressLine(process.stderr, 'zoo', options.json === true && !process.stderr.isTTY);
  const interruption = new Interruption(progress);
  const { strategy, schedulesPerSeed } = seedOptionsOf({});
  const pool = startPool({ scenario, options: { strategy, schedulesPerSeed }, hazards: [] }, options.workers);
  const worlds = new Map(
    chosen.flatMap((hazard) =>
      hazard.world === undefined ? [] : [[hazard.id, resolveScenario(worldOf(hazard))] as const],
    ),
  );
  const startedMs = realWorld.nowMs();
  const wallS = () => (realWorld.nowMs() - startedMs) / 1e3;
  const tasks = chosen.flatMap(({ id }) =>
    strategies.flatMap((name) =>
      Array.from({ length: options.seeds }, (_, run) => ({ hazard: id, strategy: name, run })),
    ),
  );
  const done: { readonly hazard: string; readonly strategy: string; readonly outcome: WholeHunt }[] = [];
  let next = 0;
  const work = async () => {
    for (let task = tasks[next++]; task !== undefined && !interruption.signal.aborted; task = tasks[next++]) {
      const outcome = await pool.whole({
        ...(worlds.has(task.hazard) ? { scenario: worlds.get(task.hazard)! } : {}),
        hazards: [task.hazard],
        strategy: task.strategy,
        seed: 1 + task.run * SEEDS_APART,
        schedules: options.schedules,
      });
      done.push({ hazard: task.hazard, strategy: task.strategy, outcome });
      progress.show(
        wallS(),
        `${done.length} of ${tasks.length} hunts  ${done.filter((each) => each.outcome.oracle !== null).length} found`,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: pool.width }, work));
  } finally {
    progress.clear();
    await pool.close();
    interruption.end();
  }
  const rows = chosen.flatMap(({ id }) =>
    strategies.map((name) => rowOf(id, name, done)).filter((row) => row.hunts > 0),
  );
  if (options.json === true) process.stdout.write(`${JSON.stringify({ rows, wallSeconds: wallS() }, null, 2)}\n`);
  else process.stdout.write(renderZoo(rows, { color: useColor(process.stdout), wallS: wallS() }));
  if (interruption.exitCode !== null) {
    process.stderr.write(`deadair: interrupted: ${done.length} of ${tasks.length} hunts were made\n`);
    return interruption.exitCode;
  }
  return rows.every(({ found, hunts }) => found === hunts) ? ExitCode.ok : ExitCode.sloMissed;
}

function rowOf(
  hazard: string,
  strategy: string,
  done: readonly { readonly hazard: string; readonly strategy: string; readonly outcome: WholeHunt }[],
): ZooRow {
  const own = done.filter((each) => each.hazard === hazard && each.strategy === strategy).map(({ outcome }) => outcome);
  const oracles = new Map<string, number>();
  for (const { oracle } of own) if (oracle !== null) oracles.set(oracle, (oracles.get(oracle) ?? 0) + 1);
  return {
    hazard,
    strategy,
    ...detectionOf(own.map(({ oracle, schedules }) => (oracle === null ? null : schedules))),
    oracles: [...oracles].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
    seconds: own.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}
