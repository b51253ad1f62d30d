import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Answer, type Interval, SNAP_MAX, searchCapacity } from '../../../sim/sweep/capacity-search.js';

function search(passes: (load: number) => Answer, options: Partial<Parameters<typeof searchCapacity>[0]> = {}) {
  const tried: number[] = [];
  const steps = searchCapacity({ start: 10, min: 1, max: 100_000, precision: 0, ...options });
  let step = steps.next();
  while (step.done !== true) {
    tried.push(step.value);
    step = steps.next(passes(step.value));
  }
  return { interval: step.value as Interval, tried };
}

describe('the search for the capacity', () => {
  test('finds any limit to the unit, without trying a load twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 1, max: 99_999 }), (limit, start) => {
        const { interval, tried } = search((load) => load <= limit, { start });
        expect(interval).toEqual({ passed: limit, failed: limit + 1, exceptions: [] });
        expect(new Set(tried).size).toBe(tried.length);
        expect(tried.length).toBeLessThan(45);
      }),
    );
  });

  test('stops when the interval is narrow enough', () => {
    const { interval, tried } = search((load) => load <= 7_777, { precision: 0.1 });
    expect(interval.passed).toBeLessThanOrEqual(7_777);
    expect(interval.failed).toBeGreaterThan(7_777);
    expect((interval.failed as number) - (interval.passed as number)).toBeLessThanOrEqual(777);
    expect(tried.length).toBeLessThan(20);
  });

  test('says when nothing passes, and when everything does', () => {
    expect(search(() => false).interval).toEqual({ passed: null, failed: 1, exceptions: [] });
    expect(search(() => true, { max: 500 }).interval).toEqual({ passed: 500, failed: null, exceptions: [] });
    expect(search(() => 'not-valid', { max: 500 })).toEqual({
      interval: { passed: null, failed: null, exceptions: [] },
      tried: expect.objectContaining({ length: 500 }),
    });
  });

  test('does not believe that more load is never better: a hole below the limit is found and counts', () => {
    const hole = (load: number) => load <= 1_000 && !(load >= 880 && load <= 905);
    const { interval } = search(hole);
    expect(interval).toEqual({ passed: 879, failed: 880, exceptions: expect.arrayContaining([900]) });
  });

  test('every bound was tried and is what it says, whatever passes and is valid where', () => {
    const answer = fc.constantFrom<Answer>(true, false, 'not-valid');
    const options = { start: fc.integer({ min: 1, max: 40 }), precision: fc.constantFrom(0, 0.1, 0.5) };
    fc.assert(
      fc.property(
        fc.array(answer, { minLength: 40, maxLength: 40 }),
        fc.record(options),
        (loads, { start, precision }) => {
          const answerOf = (load: number) => loads[load - 1] as Answer;
          const { interval, tried } = search(answerOf, { max: 40, start, precision });
          expect(new Set(tried).size).toBe(tried.length);
          for (const load of tried) expect(load >= 1 && load <= 40).toBe(true);
          for (const bound of [interval.passed, interval.failed]) if (bound !== null) expect(tried).toContain(bound);
          if (interval.passed !== null) expect(answerOf(interval.passed)).toBe(true);
          if (interval.failed !== null) expect(answerOf(interval.failed)).toBe(false);
          if (interval.passed !== null && interval.failed !== null)
            expect(interval.passed).toBeLessThan(interval.failed);
          if (interval.passed === null && interval.failed === null)
            expect(loads.every((load) => load === 'not-valid')).toBe(true);
          const passed = tried.filter((load) => answerOf(load) === true);
          const failed = tried.filter((load) => answerOf(load) === false);
          expect(interval.exceptions).toEqual(
            failed.filter((load) => load < Math.max(...passed)).sort((a, b) => a - b),
          );
        },
      ),
    );
  });

  test('loads that are not valid are stepped over: the interval is that of the valid ones', () => {
    const step = fc.integer({ min: 1, max: 90 });
    const window = fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 3_000 }));
    const limits = fc.record({
      step,
      window,
      limit: fc.integer({ min: 0, max: 3_000 }),
      start: fc.integer({ min: 1, max: 3_000 }),
    });
    const both = { fitting: 0, bounded: 0 };
    fc.assert(
      fc.property(limits, ({ step, window, limit, start }) => {
        const [from, to] = [Math.min(...window), Math.max(...window)];
        const valid = (load: number) => load % step === 0 && load >= from && load <= to;
        const { interval, tried } = search((load) => (valid(load) ? load <= limit : 'not-valid'), {
          max: 3_000,
          start,
        });
        const all = Array.from({ length: 3_000 }, (_, index) => index + 1).filter(valid);
        expect(interval).toEqual({
          passed: all.findLast((load) => load <= limit) ?? null,
          failed: all.find((load) => load > limit) ?? null,
          exceptions: [],
        });
        expect(tried.filter(valid).length).toBeLessThan(35);
        both.fitting += all.length > 0 ? 1 : 0;
        both.bounded += interval.passed !== null && interval.failed !== null ? 1 : 0;
      }),
    );
    // the property is about something
    expect(both.fitting).toBeGreaterThan(50);
    expect(both.bounded).toBeGreaterThan(10);
  });

  test('does not look for a valid load for ever', () => {
    const { interval, tried } = search(() => 'not-valid', { max: 1e9, start: 5e8 });
    expect(interval).toEqual({ passed: null, failed: null, exceptions: [] });
    expect(tried).toHaveLength(SNAP_MAX);
  });
});
