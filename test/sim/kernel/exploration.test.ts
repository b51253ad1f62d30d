import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomWalk } from '../../../sim/explore/strategies/random-walk.js';
import { EventLane, type PendingEvent, type Scheduler, Simulation } from '../../../sim/kernel/index.js';
import { type Act, type Program, runProgram } from '../explore/small-program.js';

interface Seen {
  readonly event: PendingEvent;
  readonly nowUs: number;
}

const time = fc.integer({ min: 0, max: 30 });
const leaf: fc.Arbitrary<Act> = fc.record({ atUs: time });
const act: fc.Arbitrary<Act> = fc.record({
  atUs: time,
  next: fc.array(
    fc.record({ atUs: time, lane: fc.constantFrom('a', 'b', 'c', 'world'), afterUs: fc.integer({ min: 0, max: 12 }) }),
    { maxLength: 2 },
  ),
});
/** Lanes with events at all kinds of times, some of which push more; and events of the world. */
const programs: fc.Arbitrary<Program> = fc.record({
  a: fc.array(act, { maxLength: 5 }),
  b: fc.array(act, { maxLength: 5 }),
  c: fc.array(act, { maxLength: 5 }),
  world: fc.array(leaf, { maxLength: 3 }),
});
const windows = fc.constantFrom(0, 1, 5, 20, 1_000);
const untils = fc.constantFrom(0, 10, 25, 1_000_000);
const seeds = fc.integer({ min: 0, max: 1_000 });

const run = async (program: Program, windowUs: number, untilUs: number, seed: number) => {
  const seen: Seen[] = [];
  const observe = (event: PendingEvent, nowUs: number) => seen.push({ event, nowUs });
  const ran = await runProgram(program, new RandomWalk(), { windowUs, untilUs, seed, observe });
  return { ...ran, seen };
};
const isBefore = (a: PendingEvent, b: PendingEvent) =>
  a.timeUs < b.timeUs || (a.timeUs === b.timeUs && a.sequence < b.sequence);

/** Checks something of every schedule of many programs. */
const always = (check: (seen: readonly Seen[], windowUs: number, untilUs: number) => void) =>
  fc.assert(
    fc.asyncProperty(programs, windows, untils, seeds, async (program, windowUs, untilUs, seed) => {
      check((await run(program, windowUs, untilUs, seed)).seen, windowUs, untilUs);
    }),
    { seed: 7, numRuns: 150 },
  );

/** Pairs of events that ran in this order although the second was there when the first ran, and due before it. */
const overtakings = (seen: readonly Seen[]) =>
  seen.flatMap((first, index) =>
    seen
      .slice(index + 1)
      .filter((second) => isBefore(second.event, first.event) && existedAt(second.event, index, seen))
      .map((second) => ({ first, second })),
  );
const existedAt = (event: PendingEvent, index: number, seen: readonly Seen[]) =>
  event.cause === -1 || seen.slice(0, index).some((other) => other.event.sequence === event.cause);

describe('an explored world', () => {
  test('runs something against the order of time at all', async () => {
    let found = 0;
    await always((seen) => {
      found += overtakings(seen).length;
    });
    expect(found).toBeGreaterThan(100);
  });

  test('keeps the order within a lane: by time, then by pushing', () =>
    always((seen) => {
      for (const { first, second } of overtakings(seen)) expect(first.event.lane).not.toBe(second.event.lane);
    }));

  test('runs nothing early, and nothing later than the window after its time', () =>
    always((seen, windowUs) => {
      for (const { event, nowUs } of seen) {
        expect(nowUs).toBeGreaterThanOrEqual(event.timeUs);
        expect(nowUs).toBeLessThanOrEqual(event.timeUs + windowUs);
      }
    }));

  test('never turns time back', () =>
    always((seen) => {
      for (let i = 1; i < seen.length; i++) expect(seen[i]!.nowUs).toBeGreaterThanOrEqual(seen[i - 1]!.nowUs);
    }));

  test('never lets an event of the world itself overtake', () =>
    always((seen) => {
      for (const { first } of overtakings(seen)) expect(first.event.lane).not.toBeNull();
    }));

  test('with a window of nothing changes only the order of what is due at the same time', () =>
    always((seen, windowUs) => {
      if (windowUs > 0) return;
      for (const { first, second } of overtakings(seen)) expect(second.event.timeUs).toBe(first.event.timeUs);
    }));

  test('keeps the order of what is due when the exploration is over', () =>
    always((seen, _windowUs, untilUs) => {
      for (const { first } of overtakings(seen)) expect(first.event.timeUs).toBeLessThan(untilUs);
    }));

  test('runs the same with the same decisions, and otherwise differently', () =>
    fc.assert(
      fc.asyncProperty(programs, seeds, async (program, seed) => {
        const first = await run(program, 20, 1_000, seed);
        const again = await run(program, 20, 1_000, seed);
        expect(again.order).toEqual(first.order);
        expect(again.hash).toBe(first.hash);
      }),
      { seed: 7, numRuns: 50 },
    ));

  test('says when only the first candidate keeps an event of the world from running', async () => {
    const told: string[] = [];
    const sim = new Simulation({
      seed: 1,
      explore: {
        windowUs: 100,
        untilUs: 1_000,
        scheduler: {
          choose: (candidates, _nowUs, gates) => {
            told.push(`choose ${candidates.map(({ key }) => key).join(' ')} ${gates}`);
            return 0;
          },
          running: (event, _nowUs, gates) => void told.push(`run ${event.lane?.name ?? 'world'} ${gates}`),
        },
      },
    });
    const act = (_lane: EventLane | null) => undefined;
    sim.describe(act, (lane) => lane);
    sim.at(1, act, new EventLane('a', null));
    sim.at(2, act, new EventLane('b', null));
    sim.at(3, act, null);
    sim.at(4, act, new EventLane('c', null));
    await sim.run({ untilUs: 10 });
    expect(told).toEqual([
      'choose a#0 b#0 c#0 false',
      'run a false',
      'choose b#0 c#0 true',
      'run b true',
      'run world false',
      'run c false',
    ]);
  });
});

describe('events taken back', () => {
  const last: Scheduler = { choose: (candidates) => candidates.length - 1 };
  const world = (scheduler: Scheduler) => {
    const sim = new Simulation({ seed: 1, explore: { scheduler, windowUs: 100, untilUs: 1_000 } });
    const ran: string[] = [];
    const lanes = new Map(['a', 'b'].map((name) => [name, new EventLane(name, name)]));
    const act = (name: string) => void ran.push(name);
    sim.describe(act, (name) => lanes.get(name[0]!) ?? null);
    return { sim, ran, act };
  };

  test('do not run, whoever chooses, and the rest of their lane goes on', async () => {
    const { sim, ran, act } = world(last);
    sim.at(1, act, 'a0');
    const handle = sim.at(2, act, 'b0');
    sim.at(3, act, 'b1');
    expect(sim.cancel(handle)).toBe(true);
    expect(sim.cancel(handle)).toBe(false);
    expect(sim.pending).toBe(2);
    await sim.run({ untilUs: 10 });
    expect(ran).toEqual(['b1', 'a0']);
  });

  test('may be taken back by an event that overtakes them, and not once they have run', async () => {
    const { sim, ran, act } = world(last);
    const overtaken = sim.at(1, act, 'a0');
    sim.at(2, act, 'b0');
    const answers: boolean[] = [];
    const back = (_lane: string) => void answers.push(sim.cancel(overtaken), sim.cancel(early));
    sim.describe(back, () => new EventLane('c', 'c'));
    const early = sim.at(0, act, 'a-early');
    sim.at(3, back, 'c');
    await sim.run({ untilUs: 10 });
    expect(ran).toEqual(['b0']);
    expect(answers).toEqual([true, true]);
    expect(sim.cancel(overtaken)).toBe(false);
  });

  test('a handle names one event for ever', async () => {
    const { sim, act } = world({ choose: () => 0 });
    const first = sim.at(1, act, 'a0');
    await sim.run({ untilUs: 5 });
    const second = sim.at(6, act, 'a1');
    expect(second).not.toBe(first);
    expect(sim.cancel(first)).toBe(false);
    expect(sim.pending).toBe(1);
  });
});
