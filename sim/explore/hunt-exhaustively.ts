import { Choices } from '../kernel/index.js';
import { realWorld } from '../kernel/real-world.js';
import type { Violation } from '../oracles/index.js';
import type { Scenario } from '../scenario/index.js';
import type { HuntOptions, HuntResult } from './hunt.js';
import type { Catch } from './hunt-seed.js';
import { EXHAUSTIVE } from './portfolio.js';
import { runSchedule } from './run-schedule.js';
import { FAIR_AFTER } from './schedule.js';
import { Exhaustive } from './strategies/exhaustive.js';
import { drawCase } from './swarm.js';
import { SwarmTable } from './swarm-table.js';
import { countViolations } from './violation-counts.js';

/**
 * Hunts in one case, that of the first seed, until every class of equivalent schedules has been seen, a schedule shows a violation (unless
 * it keeps going), or the budget is used up. What is due before the first person acts or the first fault begins keeps its order. For small
 * scopes: a short script and a small window.
 * @throws DeadairError `explore.diverged` when two runs of the same decisions differ
 */
export async function huntExhaustively(scenario: Scenario, options: HuntOptions = {}): Promise<HuntResult> {
  const startedMs = realWorld.nowMs();
  const wallS = () => (realWorld.nowMs() - startedMs) / 1e3;
  const {
    seed = 1,
    schedules: budget = 2_000,
    seconds = Number.POSITIVE_INFINITY,
    signal,
    keepGoing = false,
  } = options;
  const { options: swarmOptions, ...given } = drawCase(scenario, seed, options);
  const { population, faults } = given.scenario;
  const firstS = Math.min(...[...(population.script ?? []), ...faults].map(({ atS }) => atS));
  const strategy = new Exhaustive(firstS * 1e6);
  const dice = new Choices(seed).stream('schedule/exhaustive');
  const violations: Violation[] = [];
  let caught: Catch | null = null;
  const sum = { schedules: 0, decisions: 0, events: 0 };
  let cutShort = false;
  while (!strategy.done && sum.schedules < budget && !signal?.aborted && wallS() < seconds) {
    const { collaborators, oracles } = options;
    const outcome = await runSchedule(given, { strategy, dice, collaborators, oracles });
    strategy.advance();
    sum.schedules++;
    sum.decisions += outcome.decisions;
    sum.events += outcome.events;
    if (outcome.decisions >= FAIR_AFTER) cutShort = true;
    options.onProgress?.({
      schedules: sum.schedules,
      ofSchedules: budget,
      seeds: 1,
      schedulesPerSecond: sum.schedules / Math.max(wallS(), 1e-6),
      wallS: wallS(),
    });
    const { violation, departures, traceHash } = outcome;
    if (violation === null) continue;
    violations.push(violation);
    caught ??= { given, departures, violation, strategy: EXHAUSTIVE, traceHash, swarm: swarmOptions };
    if (!keepGoing) break;
  }
  const swarm = new SwarmTable();
  swarm.note(swarmOptions, caught !== null);
  return {
    caught,
    violations: countViolations(violations),
    ...sum,
    seeds: 1,
    orders: 0,
    wallS: wallS(),
    schedulesPerSecond: sum.schedules / Math.max(wallS(), 1e-6),
    swarm,
    reach: null,
    interrupted: signal?.aborted === true,
    exhaustive: { exhausted: strategy.done && !cutShort, pruned: strategy.pruned, windowMs: given.windowMs },
  };
}
