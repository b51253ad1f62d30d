import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossroads } from '../../../../scenarios/crossroads.js';
import { drawCase, hunt, minimise, runSchedule, SwarmTable } from '../../../../sim/explore/index.js';
import { Tame } from '../../../../sim/explore/strategies/tame.js';
import { caseOf, type Workload, workloadArbitrary, workloadOf } from '../../../../sim/explore/workload/index.js';
import { Choices } from '../../../../sim/kernel/index.js';
import { resolveScenario } from '../../../../sim/scenario/index.js';
import { greedyLock, leaveForgotten, queueNeverDrained } from '../../oracles/variants.js';

const base = resolveScenario(crossroads);
const users = ({ script }: Workload) => new Set(script.map(({ user }) => user)).size;

describe("fast-check's own runner", () => {
  const calm = workloadArbitrary({ usersMin: 2, usersMax: 5, faultsMax: 0, spreadMs: 20 });
  const clean = (collaborators?: typeof leaveForgotten.collaborators) =>
    fc.asyncProperty(calm, async (workload) => {
      const dice = new Choices(1).stream('schedule');
      const outcome = await runSchedule(caseOf(base, workload), { strategy: new Tame(), dice, collaborators });
      return outcome.violation === null;
    });

  test.each([
    [leaveForgotten.what, leaveForgotten.collaborators, 2],
    [queueNeverDrained.what, queueNeverDrained.collaborators, 4],
    [greedyLock.what, greedyLock.collaborators, 4],
  ])('finds %s and shrinks it to a handful of steps', async (_, collaborators, steps) => {
    const result = await fc.check(clean(collaborators), { seed: 1, numRuns: 60 });
    expect(result.failed).toBe(true);
    const [smallest] = result.counterexample as [Workload];
    expect(smallest.script.length).toBeLessThanOrEqual(steps);
    expect(result.numShrinks).toBeGreaterThan(0);
  });

  test('has nothing against the correct core', async () => {
    await fc.assert(clean(), { seed: 1, numRuns: 30 });
  });
});

describe('the swarm', () => {
  const cases = Array.from({ length: 400 }, (_, index) => drawCase(base, index + 1));

  test('leaves every second case without a fault, and does what it says', () => {
    const calm = cases.filter(({ scenario }) => scenario.faults.length === 0);
    expect(calm.length / cases.length).toBeGreaterThan(0.43);
    expect(calm.length / cases.length).toBeLessThan(0.57);
    for (const { scenario, options } of cases) {
      const workload = workloadOf(scenario);
      expect(users(workload)).toBe(options.users);
      const done = new Set(workload.script.map((step) => step.do));
      for (const [habit, option] of [
        ['sleep', 'sleep'],
        ['reload', 'reload'],
        ['second-tab', 'secondTab'],
      ] as const)
        if (done.has(habit)) expect(options[option]).toBe(true);
      for (const { kind } of scenario.faults) if (kind === 'redis-crash') expect(options.redisFailover).toBe(true);
      resolveScenario(scenario);
    }
  });

  test('options are counted', () => {
    const table = new SwarmTable();
    for (const { options } of cases) table.note(options, options.secondTab === true);
    expect(table.rows()[0]).toMatchObject({ option: 'secondTab', shareWith: 1, shareWithout: 0 });
  });

  test('a case is drawn in a fraction of a millisecond, from the seed alone', () => {
    expect(drawCase(base, 7)).toEqual(drawCase(base, 7));
    expect(drawCase(base, 7)).not.toEqual(drawCase(base, 8));
  });
});

describe('an arbitrary of one’s own', () => {
  // user 1 is always there, all the others come through another arbitrary
  const own = workloadArbitrary({ usersMin: 2, usersMax: 4, habits: ['leave'], faultsMax: 0 })
    .filter(({ script }) => script.some(({ user }) => user === 1))
    .map(({ script, faults }) => ({
      script: script.map((step) => ({ ...step, channel: 7 })),
      faults,
    }));

  test('is what a hunt draws from, and what its find is shrunk with', async () => {
    const { collaborators } = leaveForgotten;
    const { caught } = await hunt(base, { workload: own, collaborators, schedules: 400 });
    expect(caught).not.toBeNull();
    const { script } = workloadOf(caught!.given.scenario);
    expect(script.every(({ channel }) => channel === 7)).toBe(true);
    const smallest = await minimise(caught!, { workload: own, collaborators });
    const left = workloadOf(smallest.given.scenario);
    expect(left.script.length).toBeLessThan(script.length);
    // only its own shrinking knows that
    expect(left.script.every(({ channel }) => channel === 7)).toBe(true);
    expect(left.script.some(({ user }) => user === 1)).toBe(true);
  });
});

test('a minimised counterexample needs all that is in it, and few replays', async () => {
  const { collaborators } = greedyLock;
  const { caught } = await hunt(base, { collaborators, schedules: 400 });
  const smallest = await minimise(caught!, { collaborators });
  expect(smallest.complete).toBe(true);
  expect(smallest.actions + smallest.faults).toBeLessThanOrEqual(4);
  expect(smallest.replays).toBeLessThan(150);
});
