import { describe, expect, it } from 'vitest';
import { crossroads } from '../../../scenarios/crossroads.js';
import { runSchedule } from '../../../sim/explore/run-schedule.js';
import { RandomWalk } from '../../../sim/explore/strategies/random-walk.js';
import { Choices } from '../../../sim/kernel/index.js';
import { resolveScenario, type Scenario, type ScriptStep } from '../../../sim/scenario/index.js';

const base = resolveScenario(crossroads);

const step = (atS: number, user: number, what: ScriptStep['do'], channel = 1, forS = 1): ScriptStep => ({
  atS,
  user,
  do: what,
  channel,
  forS,
});

interface Situation {
  readonly script: readonly ScriptStep[];
  readonly windowMs: number;
  readonly change?: Partial<Scenario>;
  /** Enough that the core as it was before failed at least one of them. */
  readonly schedules: number;
}

/** What hunts have found in the core, by what it was about. */
const situations: Record<string, Situation> = {
  'one who moves on before the first join is done is not left behind as a ghost': {
    script: [step(1, 1, 'join', 1), step(1.6, 1, 'join', 2), step(1.6, 2, 'join', 2), step(1.7, 2, 'join', 1)],
    windowMs: 400,
    schedules: 60,
  },
  'a store that has lost its last writes brings no dead tab back': {
    script: [step(1, 2, 'join'), step(1.7, 1, 'join'), step(3, 2, 'second-tab'), step(3, 3, 'join')],
    windowMs: 20,
    change: { faults: [{ kind: 'redis-restart', atS: 3.99, target: 'primary', keepData: true }] },
    schedules: 60,
  },
};

describe('the correct core in situations that it once failed', () => {
  it.each(Object.entries(situations))('%s', async (_name, { script, windowMs, change, schedules }) => {
    const scenario = { ...base, ...change, population: { ...base.population, script: [...script] } };
    for (let seed = 1; seed <= schedules; seed++) {
      const dice = new Choices(seed).stream('schedule');
      const { violation } = await runSchedule({ scenario, seed, windowMs }, { strategy: new RandomWalk(), dice });
      expect(violation && `seed ${seed}: ${violation.message}`).toBeNull();
    }
  });
});
