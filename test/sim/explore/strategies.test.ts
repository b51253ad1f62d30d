import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Departure } from '../../../sim/explore/schedule.js';
import { DelayBounded } from '../../../sim/explore/strategies/delay-bounded.js';
import { Hold } from '../../../sim/explore/strategies/hold.js';
import { Mutate } from '../../../sim/explore/strategies/mutate.js';
import { Pct } from '../../../sim/explore/strategies/pct.js';
import { Pos } from '../../../sim/explore/strategies/pos.js';
import { RandomWalk } from '../../../sim/explore/strategies/random-walk.js';
import { Replay } from '../../../sim/explore/strategies/replay.js';
import type { Strategy } from '../../../sim/explore/strategies/strategy.js';
import { Surw } from '../../../sim/explore/strategies/surw.js';
import { Tame } from '../../../sim/explore/strategies/tame.js';
import { lists, timed, untimed } from './drawn-programs.js';
import { type Act, type Program, profileOf, runProgram, type Store, schedulesToBug } from './small-program.js';

const kept: Departure[][] = [];
const makers: Readonly<Record<string, () => Strategy>> = {
  random: () => new RandomWalk(),
  'pct-2': () => new Pct(2),
  'pct-3': () => new Pct(3),
  'pct-5': () => new Pct(5),
  pos: () => new Pos(),
  surw: () => new Surw(),
  delay: () => new DelayBounded(),
  feedback: () => new Mutate(kept),
};

/** Events that race with nobody's. */
const noise = (lane: string, count: number): Act[] =>
  Array.from({ length: count }, () => ({ writes: [`own of ${lane}`] }));
const write = (key: string, value: number): Act => ({ writes: [key], run: (store) => store.set(key, value) });

describe.each(Object.entries(makers))('%s', (name, make) => {
  const program: Program = {
    a: [...noise('a', 3), write('x', 1)],
    b: [write('x', 2), ...noise('b', 2)],
    c: [...noise('c', 1), write('x', 3), write('y', 1)],
  };

  test('gives indices of candidates, and the same ones for the same dice', async () => {
    const profile = await profileOf(program);
    const orders = async () => {
      const strategy = make();
      const checked: Strategy = {
        name: strategy.name,
        begin: (dice, given) => strategy.begin(dice, given),
        choose: (candidates, decision, gates) => {
          const index = strategy.choose(candidates, decision, gates);
          expect(Number.isInteger(index) && index >= 0 && index < candidates.length).toBe(true);
          return index;
        },
        ran: (event, gates) => strategy.ran?.(event, gates),
      };
      const all: string[] = [];
      for (let seed = 1; seed <= 50; seed++)
        all.push((await runProgram(program, checked, { profile, seed })).order.join(' '));
      return all;
    };
    const first = await orders();
    expect(await orders()).toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(5);
  });

  test('lets every lane come first now and then, and starves none', async () => {
    const profile = await profileOf(program);
    const firsts = new Map<string, number>();
    const strategy = make();
    for (let seed = 1; seed <= 300; seed++) {
      const { order } = await runProgram(program, strategy, { profile, seed });
      expect(order).toHaveLength(10);
      firsts.set(order[0]!, (firsts.get(order[0]!) ?? 0) + 1);
    }
    // for the last to come first, both delays must fall on the first decision
    const least = name === 'delay' ? 0 : 5;
    for (const lane of ['a', 'b', 'c']) expect(firsts.get(`${lane}#0`) ?? 0, `lane ${lane}`).toBeGreaterThan(least);
  });
});

/** x is 1 for one step in the middle of a; b looks there once. Depth 2: after the one write, before the other. */
const between: Program = {
  a: [...noise('a', 5), write('x', 1), write('x', 0), ...noise('a', 5)],
  b: [
    ...noise('b', 5),
    { reads: ['x'], writes: [], run: (store) => store.get('x') === 1 && store.set('bug', 1) },
    ...noise('b', 5),
  ],
  c: noise('c', 8),
};
/** The only event of a lane must come after 15 of another. */
const late: Program = {
  a: [write('x', 1)],
  b: [...noise('b', 15), { reads: ['x'], run: (store) => store.get('x') === undefined && store.set('bug', 1) }],
};
const add = (lane: string): Act[] => [
  ...noise(lane, 4),
  { reads: ['sum'], run: (store) => store.set(`read of ${lane}`, store.get('sum') ?? 0) },
  { writes: ['sum'], run: (store) => store.set('sum', store.get(`read of ${lane}`)! + 1) },
  ...noise(lane, 4),
];
/** Two add one, unlocked. */
const lostUpdate: Program = { a: add('a'), b: add('b'), c: noise('c', 10) };
const check = (store: Store) => store.get('bug') === 1;
const lost = (store: Store) => store.get('sum') === 1;

/** Mean schedules to the bug over hunts with fixed seeds; a hunt ends after `limit`. */
async function mean(program: Program, name: string, isBug: (store: Store) => boolean, limit: number, hunts = 20) {
  let sum = 0;
  for (let hunt = 0; hunt < hunts; hunt++)
    sum += await schedulesToBug(program, makers[name]!(), isBug, limit, 100_000 * hunt);
  return sum / hunts;
}

describe('schedules to a bug of known depth', () => {
  test('PCT finds a bug of depth 2 at least as often as it promises', async () => {
    const profile = await profileOf(between);
    const lanes = 3;
    const strategy = new Pct(2);
    const runs = 3_000;
    let found = 0;
    for (let seed = 1; seed <= runs; seed++) {
      if (check((await runProgram(between, strategy, { profile, seed })).store)) found++;
    }
    const bound = 1 / (lanes * profile.decisions);
    // three standard deviations are left to chance
    expect(found).toBeGreaterThan(runs * bound - 3 * Math.sqrt(runs * bound));
  });

  test('PCT keeps one that falls later above one that fell before, half of the time', async () => {
    const all = (lane: string, count: number): Act[] => Array.from({ length: count }, () => write(`x of ${lane}`, 1));
    const program: Program = { a: all('a', 2), b: all('b', 2), c: all('c', 1) };
    const profile = await profileOf(program);
    const orders = new Set<string>();
    const strategy = new Pct(3);
    for (let seed = 1; seed <= 2_000; seed++)
      orders.add((await runProgram(program, strategy, { profile, seed })).order.join(' '));
    // a and then b fall, and b goes on first; and the other way round
    expect(orders).toContain('a#0 b#0 c#0 b#1 a#1');
    expect(orders).toContain('a#0 b#0 c#0 a#1 b#1');
  });

  test('POS, SURW and PCT see at once what a random walk never meets: one event after many of another lane', async () => {
    const [random, pos, surw, pct] = [
      await mean(late, 'random', check, 1_000, 3),
      await mean(late, 'pos', check, 1_000),
      await mean(late, 'surw', check, 1_000),
      await mean(late, 'pct-2', check, 1_000),
    ];
    // one in 2^15, 16, 2 and 2
    expect(random).toBe(1_000);
    expect(pos).toBeGreaterThan(6);
    expect(pos).toBeLessThan(40);
    expect(surw).toBeLessThan(5);
    expect(pct).toBeLessThan(5);
  });

  test('what is interesting is found faster than what is not: SURW before POS before PCT', async () => {
    const [surw, pos, pct] = [
      await mean(between, 'surw', check, 1_000),
      await mean(between, 'pos', check, 1_000),
      await mean(between, 'pct-2', check, 1_000),
    ];
    // three events: one of three interleavings
    expect(surw).toBeGreaterThan(1.5);
    expect(surw).toBeLessThan(6);
    expect(pos).toBeLessThan(pct);
  });

  // feedback is nothing without schedules to feed on
  test.each(Object.keys(makers).filter((name) => name !== 'feedback'))('%s finds a lost update', async (name) => {
    expect(await mean(lostUpdate, name, lost, 1_000)).toBeLessThan(200);
  });

  test('delays find what needs one late lane', async () => {
    expect(await mean(late, 'delay', check, 1_000)).toBeLessThan(60);
  });
});

describe('SURW', () => {
  /** Counts how often each interleaving of the events at x is seen. */
  async function interleavings(program: Program, runs: number): Promise<Map<string, number>> {
    const profile = await profileOf(program);
    const strategy = new Surw();
    const counts = new Map<string, number>();
    for (let seed = 1; seed <= runs; seed++) {
      const seen: string[] = [];
      await runProgram(program, strategy, {
        profile,
        seed,
        observe: (event) => event.footprint?.writes.includes('x') && seen.push(event.lane!.name),
      });
      const order = seen.join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    return counts;
  }
  const chiSquare = (counts: ReadonlyMap<string, number>, kinds: number, runs: number) => {
    const expected = runs / kinds;
    let sum = (kinds - counts.size) * expected;
    for (const count of counts.values()) sum += ((count - expected) * (count - expected)) / expected;
    return sum;
  };

  test('sees the 30 interleavings of 2, 2 and 1 interesting events equally often, however much noise there is', async () => {
    const program: Program = {
      a: [...noise('a', 12), write('x', 1), ...noise('a', 3), write('x', 2)],
      b: [write('x', 3), write('x', 4), ...noise('b', 2)],
      c: [...noise('c', 1), write('x', 5)],
    };
    const counts = await interleavings(program, 3_000);
    expect(counts.size).toBe(30);
    // 29 degrees of freedom: 99.9 % lie below 58.3
    expect(chiSquare(counts, 30, 3_000)).toBeLessThan(58.3);
    const walk = new Map<string, number>();
    const random = new RandomWalk();
    for (let seed = 1; seed <= 3_000; seed++) {
      const { order } = await runProgram(program, random, { seed });
      const key = order.filter((name) => /^(a#12|a#16|b#0|b#1|c#1)$/.test(name)).join('');
      walk.set(key, (walk.get(key) ?? 0) + 1);
    }
    expect(chiSquare(walk, 30, 3_000)).toBeGreaterThan(1_000);
  });

  test('counts an event that touches two interesting keys once', async () => {
    const both: Act = { writes: ['x', 'y'] };
    const program: Program = { a: [both, both], b: [{ writes: ['x'] }, { writes: ['x'] }] };
    const counts = await interleavings(program, 3_000);
    expect(counts.size).toBe(6);
    // x and y, or only one of them, may be selected; with y alone b is free, so x decides in two of three schedules at least
    expect(counts.get('bbaa')! / counts.get('aabb')!).toBeGreaterThan(0.6);
    expect(counts.get('bbaa')! / counts.get('aabb')!).toBeLessThan(1.6);
  });

  test('goes on where the drawn lane has nothing to do', async () => {
    const program: Program = {
      a: [{ writes: ['x'], next: [{ lane: 'b', afterUs: 0, writes: ['x'] }] }, { writes: ['x'] }],
      c: [{ writes: ['x'] }],
    };
    const counts = await interleavings(program, 500);
    expect([...counts.keys()].every((order) => order.length === 4 && order.indexOf('a') < order.indexOf('b'))).toBe(
      true,
    );
    // a c a b, c a b a and so on: 4 interesting events, b after the first of a
    expect(counts.size).toBe(8);
  });
});

const recorded = async (make: () => Strategy, program: Program, seed: number, windowUs: number) =>
  runProgram(program, make(), { profile: await profileOf(program), seed, windowUs });

describe('replay', () => {
  test('repeats the order of any schedule of any strategy', async () => {
    const looks = fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 2 });
    const names = fc.constantFrom(...Object.keys(makers));
    let departures = 0;
    await fc.assert(
      fc.asyncProperty(
        lists,
        looks,
        names,
        fc.nat(1_000),
        fc.constantFrom(1, 6, 50),
        async (all, at, name, seed, windowUs) => {
          for (const program of [timed(all, at), untimed(all)]) {
            const first = await recorded(makers[name]!, program, seed, windowUs);
            const replay = new Replay(first.departures);
            const again = await runProgram(program, replay, { windowUs });
            expect(again.order).toEqual(first.order);
            expect(again.hash).toBe(first.hash);
            expect(again.departures).toEqual(first.departures);
            expect(replay.diverged).toEqual([]);
            expect(replay.followed).toBe(first.departures.length);
            departures += first.departures.length;
          }
        },
      ),
      { seed: 5, numRuns: 150 },
    );
    expect(departures).toBeGreaterThan(300);
  });

  test('says what it could not follow, and goes on in the order of time', async () => {
    const program: Program = { a: [write('x', 1)], b: [write('x', 2)] };
    const replay = new Replay([{ instead: 'a#0', nth: 0, pick: 'gone#0' }]);
    const { order } = await runProgram(program, replay);
    expect(order).toEqual(['a#0', 'b#0']);
    expect(replay.diverged).toEqual([{ instead: 'a#0', nth: 0, pick: 'gone#0' }]);
    expect(replay.followed).toBe(0);
  });
});

describe('hold', () => {
  const program: Program = { a: [write('x', 1), write('y', 1)], b: [write('x', 2)], c: [write('z', 1)] };

  test('swaps two events and leaves the others in their order', async () => {
    const hold = new Hold(new Tame(), 'a#0', 'b#0');
    expect((await runProgram(program, hold)).order).toEqual(['b#0', 'a#0', 'a#1', 'c#0']);
    expect(hold.swapped).toBe(true);
  });

  test('lets others run while it waits for an event that is not there yet', async () => {
    const chained: Program = {
      a: [write('x', 1)],
      c: [{ writes: ['z'], next: [{ ...write('x', 2), lane: 'b', afterUs: 5 }] }],
    };
    const hold = new Hold(new Tame(), 'a#0', 'b#0');
    expect((await runProgram({ ...chained, d: noise('d', 1) }, hold)).order).toEqual(['c#0', 'b#0', 'a#0', 'd#0']);
    expect(hold.swapped).toBe(true);
  });

  test('gives up where the window does not allow it', async () => {
    const hold = new Hold(new Tame(), 'a#0', 'b#0');
    const apart: Program = { a: [write('x', 1)], b: [{ ...write('x', 2), atUs: 50 }], c: [write('z', 1)] };
    expect((await runProgram(apart, hold, { windowUs: 10 })).order).toEqual(['c#0', 'a#0', 'b#0']);
    expect(hold.swapped).toBe(false);
  });
});
