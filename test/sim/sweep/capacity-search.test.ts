import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Interval, searchCapacity } from '../../../sim/sweep/capacity-search.js';

function search(passes: (load: number) => boolean, options: Partial<Parameters<typeof searchCapacity>[0]> = {}) {
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
  });

  test('does not believe that more load is never better: a hole below the limit is found and counts', () => {
    const hole = (load: number) => load <= 1_000 && !(load >= 880 && load <= 905);
    const { interval } = search(hole);
    expect(interval).toEqual({ passed: 879, failed: 880, exceptions: expect.arrayContaining([900]) });
  });

  test('every bound was tried and is what it says, whatever passes where', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (loads) => {
        const passes = (load: number) => loads[load - 1] as boolean;
        const { interval, tried } = search(passes, { max: 40 });
        for (const bound of [interval.passed, interval.failed]) if (bound !== null) expect(tried).toContain(bound);
        if (interval.passed !== null) expect(passes(interval.passed)).toBe(true);
        if (interval.failed !== null) expect(passes(interval.failed)).toBe(false);
        if (interval.passed !== null && interval.failed !== null) expect(interval.passed).toBeLessThan(interval.failed);
        for (const load of interval.exceptions) expect(passes(load)).toBe(false);
      }),
    );
  });
});
