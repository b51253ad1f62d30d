import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedSet } from '../../../sim/redis/store/sorted-set.js';

/** What Redis promises, done the slow way. */
function inOrder(scores: ReadonlyMap<string, number>): { member: string; score: number }[] {
  return [...scores]
    .map(([member, score]) => ({ member, score }))
    .sort((a, b) => a.score - b.score || (a.member < b.member ? -1 : 1));
}

const member = fc.integer({ min: 0, max: 600 }).map((n) => `m${n}`);
const score = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(Number.NEGATIVE_INFINITY, 1e12, 0.5));
const change = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('set' as const), member, score }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), start: fc.nat(300), count: fc.nat(8) }) },
);

describe('sorted set', () => {
  it('is what sorting would give, over many blocks, whatever the changes', () => {
    let largest = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 200, maxLength: 800 }), score, (changes, limit) => {
        const set = new SortedSet();
        const model = new Map<string, number>();
        for (let i = 0; i < 400; i++) {
          set.set(`m${i}`, i % 37);
          model.set(`m${i}`, i % 37);
        }
        for (const step of changes) {
          if (step.do === 'set') {
            set.set(step.member, step.score);
            model.set(step.member, step.score);
          } else if (step.do === 'delete') {
            expect(set.delete(step.member)).toBe(model.delete(step.member));
          } else {
            for (const gone of inOrder(model).slice(step.start, step.start + step.count)) model.delete(gone.member);
            set.deleteRange(step.start, step.count);
          }
          largest = Math.max(largest, set.size);
        }
        const ordered = inOrder(model);
        expect(set.size).toBe(ordered.length);
        expect(set.slice(0, set.size)).toEqual(ordered);
        expect(set.clone().slice(0, set.size)).toEqual(ordered);
        expect(set.slice(100, 300)).toEqual(ordered.slice(100, 300));
        expect(set.countBelow(limit, false)).toBe(ordered.filter((one) => one.score < limit).length);
        expect(set.countBelow(limit, true)).toBe(ordered.filter((one) => one.score <= limit).length);
        ordered.forEach((one, at) => {
          expect(set.rank(one.member)).toBe(at);
          expect(set.score(one.member)).toBe(one.score);
        });
        expect(set.rank('nobody')).toBeUndefined();
      }),
      { numRuns: 30 },
    );
    // several blocks, or the test has tested nothing
    expect(largest).toBeGreaterThan(300);
  });

  it('a copy has a life of its own', () => {
    const set = new SortedSet();
    for (let i = 0; i < 500; i++) set.set(`m${i}`, i);
    const copy = set.clone();
    set.set('m3', 1_000);
    set.delete('m4');
    expect(copy.rank('m3')).toBe(3);
    expect(copy.rank('m4')).toBe(4);
    expect(set.rank('m3')).toBe(498);
  });
});
