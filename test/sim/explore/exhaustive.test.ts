import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Exhaustive } from '../../../sim/explore/strategies/exhaustive.js';
import { lists, timed, untimed } from './drawn-programs.js';
import { type Act, EveryDecision, type Program, runProgram, stateOf } from './small-program.js';

/** Events that race with nobody's. */
const noise = (lane: string, count: number): Act[] =>
  Array.from({ length: count }, () => ({ writes: [`own of ${lane}`] }));
const write = (key: string, value: number): Act => ({ writes: [key], run: (store) => store.set(key, value) });

interface Searched {
  readonly states: ReadonlySet<string>;
  readonly schedules: number;
  readonly whole: number;
}
const LIMIT = 20_000;
async function search(
  program: Program,
  strategy: EveryDecision | Exhaustive,
  windowUs: number,
): Promise<Searched | null> {
  const states = new Set<string>();
  let schedules = 0;
  while (!strategy.done) {
    if (schedules === LIMIT) return null;
    const { store, pruned } = await runProgram(program, strategy, { windowUs });
    schedules++;
    if (!pruned) states.add(stateOf(store));
    strategy.advance();
  }
  return { states, schedules, whole: strategy instanceof Exhaustive ? schedules - strategy.pruned : schedules };
}
async function compare(program: Program, windowUs: number): Promise<{ every: Searched; some: Searched } | null> {
  const every = await search(program, new EveryDecision(), windowUs);
  if (every === null) return null;
  const some = (await search(program, new Exhaustive(), windowUs))!;
  expect([...some.states].sort()).toEqual([...every.states].sort());
  expect(some.schedules).toBeLessThanOrEqual(every.schedules);
  return { every, some };
}

describe('exhaustive', () => {
  test('runs one schedule where nothing races, and breaks the others off', async () => {
    const program: Program = { a: noise('a', 2), b: noise('b', 2), c: noise('c', 2) };
    const every = await search(program, new EveryDecision(), 100);
    expect(every!.schedules).toBe(90);
    const strategy = new Exhaustive();
    const some = await search(program, strategy, 100);
    expect(some!.whole).toBe(1);
    expect(some!.schedules).toBeLessThan(15);
  });

  test('runs every order where everything races', async () => {
    const program: Program = {
      a: [write('x', 1), write('x', 2)],
      b: [write('x', 3), write('x', 4)],
      c: [write('x', 5)],
    };
    expect((await search(program, new Exhaustive(), 100))!.whole).toBe(30);
  });

  test('sees every final state of small programs, with fewer schedules', async () => {
    let every = 0;
    let some = 0;
    await fc.assert(
      fc.asyncProperty(lists, async (all) => {
        const both = await compare(untimed(all), 1e6);
        every += both?.every.schedules ?? 0;
        some += both?.some.schedules ?? 0;
      }),
      { seed: 3, numRuns: 40 },
    );
    expect(some * 2).toBeLessThan(every);
  });

  test('sees every final state within a window, with events of the world in between', async () => {
    const looks = fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 2 });
    let every = 0;
    let some = 0;
    await fc.assert(
      fc.asyncProperty(lists, looks, fc.constantFrom(1, 3, 6, 20), async (all, at, windowUs) => {
        const both = await compare(timed(all, at), windowUs);
        every += both?.every.schedules ?? 0;
        some += both?.some.schedules ?? 0;
      }),
      { seed: 3, numRuns: 120 },
    );
    expect(some).toBeLessThan(every);
  });

  test('notices a program that remembers earlier schedules', async () => {
    let runs = 0;
    const strategy = new Exhaustive();
    await expect(
      (async () => {
        while (!strategy.done) {
          const lanes = runs++ % 2 === 0 ? ['a', 'b'] : ['b', 'c'];
          await runProgram(Object.fromEntries(lanes.map((lane) => [lane, [write('x', 1), write('x', 2)]])), strategy);
          strategy.advance();
        }
      })(),
    ).rejects.toMatchObject({ code: 'explore.diverged', exitCode: 70 });
  });
});
